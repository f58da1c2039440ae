import Testing

@testable import HalfSpace

/// The scan gives the definition's set where float32 alone would not.
@Suite struct GuardBandTests {
    private func check(_ store: KeyValueStore, _ vector: [Float], thresholds: [Double]) throws {
        let index = SoloReporter(try BruteIndex(store: store, rows: 0..<store.count, progress: { _ in }), store: store)
        for b in thresholds {
            let query = try Query(vector, threshold: b)
            let report = Report()
            index.report(query, into: report)
            #expect(report.positions == Membership.positions(of: query, in: store))
        }
    }

    @Test(arguments: [1, 2, 5, 16, 33, 64])
    func tiesWithEveryKeysOwnScore(d: Int) throws {
        let store = try gaussianStore(200, d: d, dv: 1, seed: 11)
        var random = SplitMix(seed: 12)
        let q = random.normals(d)
        let scores = q.withUnsafeBufferPointer { q in (0..<200).map { Membership.score(q, store.key($0)) } }
        try check(store, q, thresholds: scores + scores.map(\.nextUp) + [.infinity, -.infinity])
    }

    @Test(arguments: [Float(1e-44), 1e-38, 1e-30, 1e-20, 1e20, 1e30, 3e38])
    func tinyAndHugeValues(scale: Float) throws {
        for d in [1, 3, 16, 40] {
            var random = SplitMix(seed: 2)
            let store = KeyValueStore(dimension: d, valueDimension: 1, capacity: 100)
            let keys = (0..<100 * d).map { _ in Float.random(in: -1...1, using: &random) * scale }
            try store.append(keys: keys, values: random.normals(100))
            for factor in [Float(1e-40), 1, scale] {
                let q = (0..<d).map { _ in Float.random(in: -1...1, using: &random) * factor }
                let scores = q.withUnsafeBufferPointer { q in (0..<100).map { Membership.score(q, store.key($0)) } }
                try check(store, q, thresholds: scores.prefix(20) + [0, 1e300, -1e300])
            }
        }
    }

    @Test func aZeroQueryTiesWithEveryKey() throws {
        let store = try gaussianStore(50, d: 4, dv: 1, seed: 1)
        try check(store, [0, 0, 0, 0], thresholds: [0, -1e-300, 1e-300])
    }
}
