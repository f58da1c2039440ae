import Foundation
import HalfSpace

@testable import Attention

/// Attention by the definitions, in float64, over every key: what all else is compared with. It shares no code with the product.
enum Reference {
    static func scores(_ q: [Float], _ store: KeyValueStore) -> [Double] {
        (0..<store.count).map { j in
            let key = store.key(j)
            return zip(q, key).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } / Double(q.count).squareRoot()
        }
    }

    /// Unnormalised weights; for entmax they sum to 1.
    static func weights(_ s: [Double], _ activation: Activation, b: Double) -> [Double] {
        switch activation {
        case .softmax:
            let top = s.max() ?? 0
            return s.map { $0 >= b ? exp($0 - top) : 0 }
        case .relu(let alpha): return s.map { pow(max(0, $0 - b), Double(alpha)) }
        case .entmax(let a):
            var low = ((s.max() ?? 0) * (a - 1)) - 1
            var high = low + 1
            let p = { (tau: Double) in s.map { pow(max(0, (a - 1) * $0 - tau), 1 / (a - 1)) } }
            for _ in 0..<200 {
                let middle = (low + high) / 2
                if p(middle).reduce(0, +) >= 1 { low = middle } else { high = middle }
            }
            return p(low)
        }
    }

    /// `D⁻¹ A V`, 0 for an empty row.
    static func output(_ q: [Float], _ store: KeyValueStore, _ activation: Activation, b: Double = -.infinity)
        -> [Double]
    {
        mix(weights(scores(q, store), activation, b: b), store)
    }

    static func mix(_ w: [Double], _ store: KeyValueStore) -> [Double] {
        let sum = w.reduce(0, +)
        var out = Array(repeating: 0.0, count: store.valueDimension)
        guard sum > 0 else { return out }
        for (j, weight) in w.enumerated() where weight > 0 {
            for (t, v) in store.value(j).enumerated() { out[t] += weight / sum * Double(v) }
        }
        return out
    }

    static func distance(_ a: [Float], _ b: [Double]) -> Double {
        zip(a, b).map { abs(Double($0) - $1) }.max() ?? 0
    }
}

/// Seeded normal numbers for tests.
struct Dice: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func normal() -> Float {
        let u = Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self)
        return Float((-2 * log(u)).squareRoot() * cos(2 * .pi * Double.random(in: 0..<1, using: &self)))
    }

    mutating func normals(_ count: Int, scale: Float = 1) -> [Float] { (0..<count).map { _ in normal() * scale } }

    mutating func store(n: Int, d: Int, dv: Int? = nil, scale: Float = 1, room: Int = 0) -> KeyValueStore {
        let dv = dv ?? d
        let store = KeyValueStore(dimension: d, valueDimension: dv, capacity: n + room)
        do { try store.append(keys: normals(n * d, scale: scale), values: normals(n * dv)) } catch {
            fatalError("\(error)")
        }
        return store
    }
}
