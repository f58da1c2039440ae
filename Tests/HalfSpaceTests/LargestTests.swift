import Testing

@testable import HalfSpace

@Suite struct LargestTests {
    /// The definition: the r-th largest exact score, and all keys that reach it.
    private func expected(_ r: Int, _ vector: [Float], _ store: KeyValueStore) -> (
        positions: [UInt32], threshold: Double
    ) {
        let scores = vector.withUnsafeBufferPointer { q in (0..<store.count).map { Membership.score(q, store.key($0)) }
        }
        let threshold = scores.sorted(by: >)[r - 1]
        return (scores.indices.filter { scores[$0] >= threshold }.map(UInt32.init), threshold)
    }

    private func check(_ store: KeyValueStore, _ vector: [Float], _ ranks: [Int]) throws {
        let index = try ReportingIndex(store: store, choice: .auto)
        let report = Report()
        for r in ranks where r < store.count {
            try index.reportLargest(r, of: vector, into: report)
            let (positions, threshold) = expected(r, vector, store)
            #expect(report.positions.sorted() == positions, "r \(r)")
            #expect(report.threshold == threshold)
            #expect(report.scores.count == report.positions.count)
            // Whatever is remembered, the answer is the same.
            for remembered in [threshold + 1, threshold.nextUp, threshold, threshold - 0.5, -1e300] {
                try index.reportLargest(r, of: vector, remembered: remembered, into: report)
                #expect(report.positions.sorted() == positions, "r \(r), remembered \(remembered)")
                #expect(report.threshold == threshold)
            }
        }
        try checkNearLargest(index, vector)
    }

    /// All keys within a reach of the largest score, from memories of every kind.
    private func checkNearLargest(_ index: ReportingIndex, _ vector: [Float]) throws {
        let store = index.store
        let scores = vector.withUnsafeBufferPointer { q in (0..<store.count).map { Membership.score(q, store.key($0)) }
        }
        let largest = try #require(scores.max())
        let report = Report()
        for reach in [0, 1e-9, 0.3, 2, 1e9] {
            let expected = scores.indices.filter { scores[$0] >= largest - reach }.map(UInt32.init)
            for remembered in [-.infinity, largest + 1, largest + 1e300, largest, largest - 0.7, -1e300] {
                let found = try index.reportNearLargest(
                    within: reach, of: vector, remembered: remembered, into: report)
                #expect(found == largest)
                #expect(report.threshold == largest - reach)
                #expect(report.positions.sorted() == expected, "reach \(reach), remembered \(remembered)")
                #expect(report.scores.count == expected.count)
            }
        }
    }

    @Test func noKeysHaveNoLargest() throws {
        let index = try ReportingIndex(
            store: KeyValueStore(dimension: 2, valueDimension: 1, capacity: 1), choice: .auto)
        let report = Report()
        #expect(try index.reportNearLargest(within: 2, of: [1, 1], remembered: 3, into: report) == nil)
        #expect(report.count == 0)
    }

    private func store(_ d: Int, _ keys: [Float]) throws -> KeyValueStore {
        let n = keys.count / d
        let store = KeyValueStore(dimension: d, valueDimension: 1, capacity: n)
        try store.append(keys: keys, values: Array(repeating: 1, count: n))
        return store
    }

    private static let ranks = [1, 2, 3, 17, 64, 65, 500, 1999]

    @Test(arguments: [1, 2, 5, 16, 33]) func randomKeys(d: Int) throws {
        var random = SplitMix(seed: UInt64(d))
        let keys = (0..<2000 * d).map { _ in Float.random(in: -2...2, using: &random) }
        let vector = (0..<d).map { _ in Float.random(in: -2...2, using: &random) }
        try check(store(d, keys), vector, Self.ranks)
    }

    @Test func tiesAreIn() throws {
        let keys = (0..<2000).flatMap { [Float($0 % 7), Float($0 % 3)] }
        try check(store(2, keys), [1, 2], Self.ranks)
        try check(store(2, keys), [0, 0], Self.ranks)
    }

    @Test func aSampleThatMisleadsOnlyCostsTime() throws {
        // Every sampled row is large, all others are small: the guess is far too high.
        let keys: [Float] = (0..<4000).map { (i: Int) -> Float in i % 16 == 0 ? Float(1000 + i) : Float(i) / 4000 }
        try check(store(1, keys), [1], [1, 200, 300, 1000, 3999])
        try check(store(1, keys), [-1], [1, 200, 300, 1000, 3999])
    }

    @Test(arguments: [Float(1e30), 3e38, 1e-30, 700 * Float.leastNonzeroMagnitude]) func hugeAndTinyKeys(size: Float)
        throws
    {
        var keys: [Float] = []
        for i in 0..<3000 { keys.append(size * (Float((i * 37) % 200 - 100) / 100)) }
        try check(store(3, keys), [1, -1, 0.5], [1, 5, 100, 999])
        try check(store(3, keys), [size, -size, size], [1, 5, 100, 999])
    }
}
