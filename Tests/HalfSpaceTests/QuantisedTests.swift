import CKernels
import Testing

@testable import HalfSpace

/// Codes never lose a member, at any level, and every level lists the same candidates.
@Suite(.serialized) struct QuantisedTests {
    @Test(arguments: [1, 3, 8, 17, 39, 40, 66, 130])
    func levelsAgree(d: Int) throws {
        for n in [1, 65, 600] {
            let store = try gaussianStore(n, d: d, dv: 1, seed: UInt64(d + n))
            let keys = store.floatKeys(0..<n).base
            let coded = try CodedKeys(keys: keys, count: n, dimension: d, threads: 1, progress: { _ in })
            var random = SplitMix(seed: 4)
            let scratch = Scratch(capacity: n)
            let codedQuery = AlignedBuffer<ck_key_query>(count: 1)
            let vector = random.normals(d)
            let q = scratch.padded(vector)
            var view = coded.view
            for t in [-1.0, 0, 1.5, 2.5] {
                let norm = ck_exact_dot(q, q, d).squareRoot()
                let lower = t * norm
                ck_coded_prepare(&view, q, norm, lower, codedQuery.base)
                func candidates() -> [UInt32] {
                    var pruned = 0
                    let found = ck_scan_codes(
                        &view, codedQuery.base, q, 0, coded.groupCount, scratch.ids, &pruned)
                    return Array(UnsafeBufferPointer(start: scratch.ids, count: found))
                }
                let expected = KernelTests.at(0) { candidates() }
                for level in KernelTests.levels { #expect(KernelTests.at(level) { candidates() } == expected) }
                let members = (0..<n).filter { ck_exact_dot(q, keys + $0 * d, d) >= lower }
                #expect(Set(members.map(UInt32.init)).isSubset(of: expected))
            }
        }
    }

    /// Outliers, constant columns, equal keys, huge and tiny ones: the set is the definition's.
    @Test(arguments: [1, 7, 16, 41])
    func oddKeys(d: Int) throws {
        var random = SplitMix(seed: UInt64(d))
        let n = 530
        for shape in 0..<6 {
            var keys = random.normals(n * d)
            for j in 0..<n {
                for t in 0..<d {
                    switch shape {
                    case 0: if j % 97 == 0 { keys[j * d + t] *= 1e6 }
                    case 1: if t % 2 == 0 { keys[j * d + t] = 3 }
                    case 2: keys[j * d + t] = keys[t]
                    case 3: keys[j * d + t] *= 1e30
                    case 4: keys[j * d + t] *= 0x1p-140
                    default: if j % 300 == 5 { keys[j * d + t] *= 1e37 }
                    }
                }
            }
            let store = KeyValueStore(dimension: d, valueDimension: 2, capacity: n)
            try store.append(keys: keys, values: random.normals(n * 2))
            let index = SoloReporter(
                try QuantisedIndex(store: store, rows: 3..<n - 2, progress: { _ in }), store: store)
            for scale: Float in [1, 1e-30, 1e20] {
                let vector = random.normals(d).map { $0 * scale }
                let scores = vector.withUnsafeBufferPointer { q in
                    (3..<n - 2).map { Membership.score(q, store.key($0)) }
                }
                let sorted = scores.sorted(by: >)
                for b in [sorted[0], sorted[20], sorted[21].nextUp, sorted[n / 2], 0, -.infinity, .infinity] {
                    let query = try Query(vector, threshold: b)
                    let report = Report()
                    index.report(query, into: report)
                    let expected = zip(3..., scores).filter { $0.1 >= b }.map { UInt32($0.0) }
                    #expect(report.positions == expected, "shape \(shape), query times \(scale), b = \(b)")
                    let sum = index.aggregate(query, weight: .power(exponent: 1, shift: b))
                    #expect(sum.count == expected.count, "shape \(shape)")
                }
            }
        }
    }
}
