import CKernels
import Testing

@testable import HalfSpace

/// The prefix of principal components on keys that are of low rank in some extreme way: it has to serve them, and exactly, at
/// every level of the machine.
@Suite(.serialized) struct LowRankTests {
    enum Shape: CaseIterable {
        case rankOne, deficient, noisy, equal, duplicated, opposite, zero, huge, tiny, subnormal, farAway, sinks

        func keys(_ n: Int, _ d: Int) -> [Float] {
            var random = SplitMix(seed: UInt64(31 * n + d))
            let rank = self == .rankOne ? 1 : 3
            let axes = random.normals(rank * d)
            var keys = [Float](repeating: 0, count: n * d)
            for j in 0..<n {
                let x = random.normals(rank)
                for i in 0..<rank { for t in 0..<d { keys[j * d + t] += x[i] * axes[i * d + t] } }
            }
            func each(_ change: (_ row: Int, _ column: Int, Float) -> Float) {
                for i in keys.indices { keys[i] = change(i / d, i % d, keys[i]) }
            }
            switch self {
            case .rankOne, .deficient: break
            case .noisy: each { _, _, x in x + 0.03 * random.normal() }
            case .equal: each { _, t, _ in axes[t] }
            case .duplicated: each { j, t, _ in axes[j % 3 * d + t] }
            case .opposite: each { j, t, _ in j % 2 == 0 ? axes[t] : -axes[t] }
            case .zero: each { j, _, _ in j % 2 == 0 ? 0 : -0.0 }
            case .huge: each { _, _, x in x * 1e13 }
            case .tiny: each { _, _, x in x * 1e-25 }
            case .subnormal: each { _, _, x in x * 0x1p-140 }
            case .farAway: each { _, t, x in x + 1000 * axes[t] }
            case .sinks: each { j, _, x in j % 97 == 0 ? 40 * x : x }
            }
            return keys
        }
    }

    @Test(arguments: Shape.allCases, [(1, 3), (33, 17), (513, 40), (65, 130)])
    func everyLevelIsExact(shape: Shape, size: (n: Int, d: Int)) throws {
        let (n, d) = size
        let store = KeyValueStore(dimension: d, valueDimension: 2, capacity: n)
        try store.append(keys: shape.keys(n, d), values: Array(repeating: 1, count: 2 * n))
        // What one level built another reads.
        let built = try Set([0, ck_level()]).map { level in
            try KernelTests.at(level) {
                Result { SoloReporter(try PrefixIndex(store: store, rows: 0..<n, progress: { _ in }), store: store) }
            }.get()
        }
        var random = SplitMix(seed: 8)
        for vector in [random.normals(d), Array(store.key(n / 2)), Array(repeating: 0, count: d)] {
            let scores = vector.withUnsafeBufferPointer { q in (0..<n).map { Membership.score(q, store.key($0)) } }
            let falling = scores.sorted(by: >)
            for b in [falling[0], falling[n / 20], falling[n / 20].nextUp, falling[n - 1], 0] {
                let query = try Query(vector, threshold: b)
                let expected = (0..<n).filter { scores[$0] >= b }.map(UInt32.init)
                for (level, index) in KernelTests.levels.flatMap({ level in built.map { (level, $0) } }) {
                    let report = Report()
                    let sum = KernelTests.at(level) {
                        index.report(query, into: report)
                        return index.aggregate(query, weight: .power(exponent: 1, shift: b))
                    }
                    #expect(report.positions.sorted() == expected, "\(shape), n \(n), d \(d), level \(level), b \(b)")
                    #expect(sum.count == expected.count)
                }
            }
        }
    }

    /// As many components as the rank, or a few more; and none where keys fill the space.
    @Test(arguments: [(2, 64), (6, 64), (14, 64), (20, 48)])
    func thePrefixIsAsLongAsTheRank(rank: Int, d: Int) throws {
        var random = SplitMix(seed: 4)
        let (n, axes) = (2000, random.normals(rank * d))
        var keys = random.normals(n * d).map { 0.02 * $0 }
        for j in 0..<n {
            let x = random.normals(rank)
            for i in 0..<rank { for t in 0..<d { keys[j * d + t] += x[i] * axes[i * d + t] } }
        }
        let principal = PrincipalAxes(keys: keys, count: n, dimension: d, axes: 39)
        let length = PrefixLength(principal, keys: keys, count: n, queries: [])
        #expect((rank...rank + 5).contains(length.components) && length.excess < 0.05)
        #expect(principal.share(of: length.components) > 0.98)
        let full = random.normals(n * d)
        let none = PrefixLength(
            PrincipalAxes(keys: full, count: n, dimension: d, axes: 39), keys: full, count: n, queries: [])
        #expect(none.components == 39 && none.excess > PrefixLength.mostExcess)
    }
}
