import Testing

@testable import HalfSpace

/// Every index hands the same members to every sink: a list, a count and a sum, with blocks that grew and a tail.
@Suite struct SinkTests {
    @Test(arguments: IndexKind.allCases, [1, 2, 3, 6, 33])
    func everySinkGetsTheMembers(kind: IndexKind, d: Int) throws {
        for shape in KeyShape.allCases {
            var random = SplitMix(seed: 3)
            var dice = HalfSpace.SplitMix(seed: UInt64(d) * 100 + 7)
            let n = 1200
            let keys = shape.keys(n, d, &dice)
            let store = KeyValueStore(dimension: d, valueDimension: 3, capacity: n)
            try store.append(keys: Array(keys[..<(640 * d)]), values: random.normals(640 * 3))
            guard let index = try? ReportingIndex(store: store, choice: .fixed(kind)) else { continue }
            index.waitsForMerges = true
            for row in 640..<n {
                try store.append(keys: Array(keys[row * d..<(row + 1) * d]), values: random.normals(3))
                index.extend()
            }
            let report = Report()
            for query in [Array(store.key(7)), random.normals(d), Array(repeating: Float(0), count: d)] {
                let scores = query.withUnsafeBufferPointer { q in
                    (0..<n).map { Membership.score(q, store.key($0)) }
                }
                let falling = scores.sorted(by: >)
                for b in [falling[0], falling[30], falling[30].nextUp, falling[n / 2], -.infinity, .infinity] {
                    let half = try Query(query, threshold: b)
                    let members = Membership.positions(of: half, in: store)
                    index.report(half, into: report)
                    #expect(report.positions.sorted() == members, "\(kind) \(shape) d \(d) b \(b)")
                    #expect(index.count(half) == members.count, "\(kind) \(shape) d \(d) b \(b)")
                    guard b.isFinite else { continue }
                    for weight in [Weight.power(exponent: 1, shift: b), .power(exponent: 4, shift: b)] {
                        #expect(index.aggregate(half, weight: weight).count == members.count, "\(kind) \(shape)")
                    }
                    let sum = index.aggregate(half, weight: .exponential(shift: b))
                    #expect(sum.count == members.count, "\(kind) \(shape)")
                }
            }
        }
    }

    /// A driver that refuses a query is heard, whatever part it is: the scan in float64 answers for all.
    @Test(arguments: IndexKind.allCases)
    func aRefusalIsNeverLeftOut(kind: IndexKind) throws {
        var random = SplitMix(seed: 5)
        let store = KeyValueStore(dimension: 3, valueDimension: 2, capacity: 1000)
        try store.append(keys: random.normals(3 * 400), values: random.normals(2 * 400))
        let index = try ReportingIndex(store: store, choice: .fixed(kind))
        // One of the rows that are scanned takes every sum of float32 beyond what it holds.
        try store.append(keys: [3e38, 3e38, 3e38], values: [1, 1])
        index.extend()
        let report = Report()
        let half = try Query([3e5, 1e5, 2e5], threshold: 0.5)
        index.report(half, into: report)
        #expect(report.positions == Membership.positions(of: half, in: store))
        #expect(index.aggregate(half, weight: .power(exponent: 1, shift: 0.5)).count == report.count)
        #expect(index.count(half) == report.count)
    }
}
