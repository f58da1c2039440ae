import Foundation
import HalfSpace

/// Seeded normal numbers for tests.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func normals(_ count: Int) -> [Float] {
        (0..<count).map { _ in
            let radius = (-2 * log(Double.random(in: .leastNonzeroMagnitude..<1, using: &self))).squareRoot()
            return Float(radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self)))
        }
    }

    /// n keys and values of length d.
    mutating func store(n: Int, d: Int) throws -> KeyValueStore {
        let store = KeyValueStore(dimension: d, valueDimension: d, capacity: n)
        try store.append(keys: normals(n * d), values: normals(n * d))
        return store
    }
}
