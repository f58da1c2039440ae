import Testing

@testable import HalfSpace

@Suite struct TreeIndexTests {
    /// A store of n pseudo-random keys; `shape` bends them into hard cases.
    static func store(n: Int, d: Int, dv: Int, seed: UInt64, scale: Float = 1) throws -> KeyValueStore {
        var random = SplitMix(seed: seed)
        let store = KeyValueStore(dimension: d, valueDimension: dv, capacity: max(n, 1))
        try store.append(
            keys: (0..<n * d).map { _ in Float(random.normal()) * scale },
            values: (0..<n * dv).map { _ in Float(random.normal()) })
        return store
    }

    @Test(arguments: [
        (0, 2), (1, 2), (2, 1), (31, 3), (32, 2), (33, 4), (511, 2), (513, 2), (3000, 2), (3000, 5), (700, 40),
    ])
    func reportsTheDefinition(n: Int, d: Int) throws {
        for dv in [d, 20] {
            let store = try Self.store(n: n, d: d, dv: dv, seed: UInt64(n * 131 + d))
            let index = try ReportingIndex(store: store, choice: .fixed(.tree))
            var random = SplitMix(seed: 7)
            let report = Report()
            for b in [-Double.infinity, -0.5, 0, 0.4, 1.2, 2, 9, .infinity] {
                let q = (0..<d).map { _ in Float(random.normal()) }
                let query = try Query(q, threshold: b)
                index.report(query, into: report)
                #expect(report.positions.sorted() == Membership.positions(of: query, in: store))
                guard b.isFinite else { continue }
                for weight in [
                    Weight.power(exponent: 1, shift: b), .power(exponent: 2, shift: b), .power(exponent: 3, shift: b),
                    .exponential(shift: 1),
                ] {
                    let sum = index.aggregate(query, weight: weight)
                    var expected = [Double](repeating: 0, count: dv)
                    var size = [Double](repeating: 0, count: dv)
                    var total = 0.0
                    for j in Membership.positions(of: query, in: store) {
                        let w = q.withUnsafeBufferPointer { weight(Membership.score($0, store.key(Int(j)))) }
                        total += w
                        for t in 0..<dv {
                            expected[t] += w * Double(store.value(Int(j))[t])
                            size[t] += w * abs(Double(store.value(Int(j))[t]))
                        }
                    }
                    #expect(sum.count == report.count)
                    #expect(abs(sum.weight - total) <= 1e-5 * total + 1e-5, "n \(n) d \(d) b \(b) \(weight)")
                    for t in 0..<dv { #expect(abs(sum.values[t] - expected[t]) <= 1e-5 * size[t] + 1e-5) }
                }
            }
        }
    }
}
