@testable import HalfSpace

/// A small repeatable generator (SplitMix64, Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
    /// About a standard normal: a sum of twelve uniforms.
    mutating func normal() -> Float {
        var sum: Float = -6
        for _ in 0..<12 { sum += Float.random(in: 0..<1, using: &self) }
        return sum
    }
    mutating func normals(_ count: Int) -> [Float] { (0..<count).map { _ in normal() } }
}

/// A store of normal keys and values.
func gaussianStore(
    _ n: Int, d: Int, dv: Int, seed: UInt64, format: NumberFormat = .float32
) throws -> KeyValueStore {
    var random = SplitMix(seed: seed)
    let store = KeyValueStore(dimension: d, valueDimension: dv, capacity: n, format: format)
    try store.append(keys: random.normals(n * d), values: random.normals(n * dv))
    return store
}
