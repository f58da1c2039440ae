import Testing

@testable import HalfSpace

/// The prefix of principal components: exact on keys of low rank, refused on keys that have none.
@Suite struct PrefixTests {
    /// Keys of some rank in d dimensions, with noise in all of them.
    private static func store(n: Int, d: Int, rank: Int, noise: Float, offset: Float = 0) throws -> KeyValueStore {
        var random = SplitMix(seed: UInt64(n + d))
        let basis = random.normals(rank * d)
        var keys = random.normals(n * d).map { $0 * noise + offset }
        for j in 0..<n {
            let x = random.normals(rank)
            for i in 0..<rank { for t in 0..<d { keys[j * d + t] += x[i] * basis[i * d + t] } }
        }
        let store = KeyValueStore(dimension: d, valueDimension: 3, capacity: n)
        try store.append(keys: keys, values: random.normals(n * 3))
        return store
    }

    @Test(arguments: [(1, 4, 1), (33, 9, 2), (700, 40, 3), (3000, 64, 7), (600, 130, 11), (1030, 2, 1)])
    func lowRankIsExact(n: Int, d: Int, rank: Int) throws {
        for (noise, offset) in [(Float(0.05), Float(0)), (0, 0), (0.02, 30)] {
            let store = try Self.store(n: n, d: d, rank: rank, noise: noise, offset: offset)
            let first = n > 10 ? 3 : 0
            let index = SoloReporter(try PrefixIndex(store: store, rows: first..<n, progress: { _ in }), store: store)
            var random = SplitMix(seed: 2)
            for scale: Float in [1, 1e-30, 1e14] {
                let vector = random.normals(d).map { $0 * scale }
                let scores = vector.withUnsafeBufferPointer { q in
                    (first..<n).map { Membership.score(q, store.key($0)) }
                }
                let sorted = scores.sorted(by: >)
                for b in [sorted[0], sorted[sorted.count / 30], sorted[sorted.count / 2].nextUp, -.infinity, .infinity]
                {
                    let query = try Query(vector, threshold: b)
                    let report = Report()
                    index.report(query, into: report)
                    let expected = zip(first..., scores).filter { $0.1 >= b }.map { UInt32($0.0) }
                    #expect(report.positions.sorted() == expected, "n \(n), d \(d), noise \(noise), b \(b)")
                    let sum = index.aggregate(query, weight: .power(exponent: 1, shift: b))
                    #expect(sum.count == expected.count)
                }
            }
        }
    }

    @Test func itPrunes() throws {
        let store = try Self.store(n: 20000, d: 64, rank: 3, noise: 0.01)
        let index = SoloReporter(try PrefixIndex(store: store, rows: 0..<20000, progress: { _ in }), store: store)
        var random = SplitMix(seed: 6)
        let vector = random.normals(64)
        let scores = vector.withUnsafeBufferPointer { q in (0..<20000).map { Membership.score(q, store.key($0)) } }
        let query = try Query(vector, threshold: scores.sorted(by: >)[200])
        let report = Report()
        index.report(query, into: report)
        #expect(report.count == 201)
        #expect(report.work.candidates < 1500)
    }

    @Test func keysWithoutALowRankAreRefused() throws {
        let store = try gaussianStore(3000, d: 64, dv: 2, seed: 9)
        do {
            _ = try PrefixIndex(store: store, rows: 0..<3000, progress: { _ in })
            Issue.record("keys of full rank were taken")
        } catch let refusal as IndexCannotServe {
            #expect(refusal.description.contains("the first 39 of 64 principal components leave"))
        }
        let narrow = try gaussianStore(30, d: 1, dv: 2, seed: 9)
        #expect(throws: IndexCannotServe.self) { _ = try PrefixIndex(store: narrow, rows: 0..<30, progress: { _ in }) }
    }
}
