import Foundation

/// The kinds of point sets that indexes are tried on.
enum KeyShape: String, CaseIterable, Sendable {
    case gaussian, clustered, duplicated, collinear, tied, zero, zeroColumns, sinks, tiny, huge, subnormal, mixed
    case lowRank

    /// n keys of d entries, row-major.
    func keys(_ n: Int, _ d: Int, _ random: inout SplitMix) -> [Float] {
        func normals(_ count: Int, _ random: inout SplitMix) -> [Float] {
            (0..<count).map { _ in Float(random.normal()) }
        }
        var keys = normals(n * d, &random)
        switch self {
        case .gaussian: break
        case .clustered:
            let centres = normals(5 * d, &random)
            for i in 0..<n {
                let c = Int(random.next() % 5)
                for t in 0..<d { keys[i * d + t] = 4 * centres[c * d + t] + 0.1 * keys[i * d + t] }
            }
        case .duplicated:
            let distinct = max(1, min(n, 3))
            for i in 0..<n { for t in 0..<d { keys[i * d + t] = keys[i % distinct * d + t] } }
        case .collinear:
            let direction = normals(d, &random)
            for i in 0..<n {
                let x = Float(random.normal())
                for t in 0..<d { keys[i * d + t] = x * direction[t] }
            }
        case .tied:
            for i in keys.indices { keys[i] = Float(Int(random.next() % 3)) - 1 }
        case .zero:
            for i in keys.indices { keys[i] = i % 7 == 0 ? -0.0 : 0 }
        case .zeroColumns:
            for i in 0..<n { for t in 0..<d where t % 2 == 1 || d == 1 { keys[i * d + t] = 0 } }
        case .sinks:
            for i in stride(from: 0, to: n, by: 97) { for t in 0..<d { keys[i * d + t] *= 40 } }
        case .tiny: for i in keys.indices { keys[i] *= 1e-30 }
        case .huge: for i in keys.indices { keys[i] = min(max(keys[i] * 1.2e38, -3.4e38), 3.4e38) }
        case .subnormal: for i in keys.indices { keys[i] *= 0x1p-140 }
        case .lowRank:
            // In a subspace but for noise of some size, or for none at all.
            let rank = 1 + Int(random.next() % 12)
            let axes = normals(rank * d, &random)
            let noise = Float([0, 1e-6, 0.01, 0.1][Int(random.next() % 4)])
            for i in 0..<n {
                for t in 0..<d { keys[i * d + t] *= noise }
                for axis in 0..<rank {
                    let x = Float(random.normal())
                    for t in 0..<d { keys[i * d + t] += x * axes[axis * d + t] }
                }
            }
        case .mixed:
            for i in 0..<n {
                let scale = Float(pow(10, Double(Int(random.next() % 60)) - 30))
                for t in 0..<d { keys[i * d + t] *= scale }
            }
        }
        return keys
    }
}

/// The kinds of query directions that indexes are asked for.
enum QueryShape: String, CaseIterable, Sendable {
    case gaussian, key, axis, integer, zero, tiny, huge, subnormal

    func vector(_ store: KeyValueStore, _ random: inout SplitMix) -> [Float] {
        let d = store.dimension
        let plain = (0..<d).map { _ in Float(random.normal()) }
        switch self {
        case .gaussian: return plain
        case .key:
            return store.count == 0 ? plain : Array(store.key(Int(random.next() % UInt64(store.count))))
        case .axis:
            let axis = Int(random.next() % UInt64(d))
            return (0..<d).map { $0 == axis ? -1 : 0 }
        case .integer: return (0..<d).map { _ in Float(Int(random.next() % 5)) - 2 }
        case .zero: return Array(repeating: 0, count: d)
        case .tiny: return plain.map { $0 * 1e-25 }
        case .huge: return plain.map { $0 * 1e30 }
        case .subnormal: return plain.map { $0 * 0x1p-137 }
        }
    }
}
