import CKernels

/// The scan: every key is scored, values are read of the members alone; O(n·d) a query, no memory of its own.
public final class BruteIndex: StaticIndex {
    public static let description = IndexDescription(
        name: "brute", summary: "a scan of every key", dimensions: 1...Int.max,
        search: .everyKey(reading: "This index scores every key."))

    public let rows: Range<Int>
    private let store: KeyValueStore

    /// Rows listed before their values are summed: the list stays in the nearest cache.
    private static let chunk = 4096

    /// Nothing is built.
    public init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws
    {
        self.store = store
        self.rows = rows
    }

    public var bytes: Int { 0 }

    /// Lists the members of each chunk of rows in turn.
    private func eachChunk(_ query: Query, _ scratch: Scratch, _ work: inout Work, _ body: (_ listed: Int) -> Void) {
        guard !rows.isEmpty else { return }
        let band = GuardBand(query, largestKeyNorm: store.largestKeyNorm)
        let q = scratch.padded(query.vector)
        var view = store.kernelRows
        scratch.reserve(Self.chunk)
        var first = rows.lowerBound
        while first < rows.upperBound {
            let last = min(first + Self.chunk, rows.upperBound)
            var listed: Int
            if band.exact {
                listed = ck_scan_exact(&view, first, last, q, query.threshold, scratch.ids, scratch.dots)
            } else {
                listed = ck_scan(&view, first, last, q, band.lower, scratch.ids, scratch.dots)
                var tested = 0
                listed = ck_resolve(
                    view.keys, view.d, view.d, q, query.threshold, band.upper, scratch.ids, scratch.dots, listed,
                    &tested)
            }
            body(listed)
            first = last
        }
        work.candidates += rows.count
        work.bytesRead += rows.count * store.dimension * MemoryLayout<Float>.size
    }

    public func report(_ query: Query, into report: Report) {
        let scale = Float(1 / Double(store.dimension).squareRoot())
        eachChunk(query, report.scratch, &report.work) { report.append($0, scale: scale) }
    }

    public func aggregate(_ query: Query, weight: Weight, into sum: Aggregate) {
        let (values, stride) = (store.kernelRows.values, store.valueDimension)
        guard let values else { return }
        let before = sum.count
        var work = Work()
        eachChunk(query, sum.scratch, &work) {
            sum.addListed($0, weight: weight, dimension: store.dimension, values: values, stride: stride)
        }
        work.bytesRead += (sum.count - before) * stride * MemoryLayout<Float>.size
        sum.work += work
    }

    public func stepPart(in memory: StepMemory) -> ck_step_part? {
        let part = ck_step_rows(rows: store.kernelRows, first: rows.lowerBound, last: rows.upperBound)
        return ck_step_part(add: ck_step_add_scan, part: memory.keep(part))
    }
}

extension IndexKind {
    /// The scan of every key.
    public static let brute = BruteIndex.kind
}
