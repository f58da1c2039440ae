import CKernels

/// The scan of every row in float64, by the definition alone: what answers where float32 cannot hold a query's scores.
struct ExactScan {
    let store: KeyValueStore
    let rows: Range<Int>

    /// Lists the keys of a half-space; O(n·d).
    func list(_ query: Query, into report: Report) {
        let scratch = report.scratch
        scratch.reserve(rows.count)
        var view = store.kernelRows
        let found = query.vector.withUnsafeBufferPointer {
            ck_scan_exact(
                &view, rows.lowerBound, rows.upperBound, $0.baseAddress, query.threshold, scratch.ids, scratch.dots)
        }
        let root = Float(Double(store.dimension).squareRoot())
        report.positions.append(contentsOf: UnsafeBufferPointer(start: scratch.ids, count: found))
        report.scores.append(contentsOf: UnsafeBufferPointer(start: scratch.dots, count: found).lazy.map { $0 / root })
        report.work += work
    }

    /// How many keys a half-space holds; O(n·d).
    func count(_ query: Query) -> Int { sum(query, weight: .power(exponent: 1, shift: query.threshold)).count }

    /// Sums over a half-space; O(n·d).
    func sum(_ query: Query, weight: Weight) -> Aggregate {
        var sum = Aggregate(valueDimension: store.valueDimension)
        query.vector.withUnsafeBufferPointer { q in
            for row in rows {
                let score = Membership.score(q, store.key(row))
                guard score >= query.threshold else { continue }
                let w = weight(score)
                sum.weight += w
                sum.count += 1
                sum.largestScore = max(sum.largestScore, score)
                for (t, v) in store.value(row).enumerated() { sum.values[t] += w * Double(v) }
            }
        }
        sum.work = work
        return sum
    }

    private var work: Work {
        var work = Work()
        work.candidates = rows.count
        work.bytesRead = rows.count * store.dimension * store.format.bytes
        return work
    }
}
