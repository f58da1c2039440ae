import Foundation
import HalfSpace

/// How the next token is chosen from logits: the likeliest, or drawn by a seed.
public struct Sampler: Sendable, Equatable, Codable {
    /// What logits are divided by; 0 takes the likeliest.
    public var temperature: Double
    /// Only the likeliest tokens that together have this share are drawn from.
    public var topP: Double
    public var seed: UInt64

    public init(temperature: Double = 0, topP: Double = 1, seed: UInt64 = 1) {
        self.temperature = temperature
        self.topP = topP
        self.seed = seed
    }

    private static let many = 4096

    /// The token at a position: the same logits, seed and position give the same one. O(v log v).
    /// - Parameter excluded: tokens that are never drawn; the likeliest may be one of them.
    public func token(_ logits: [Float], position: Int, excluded: Set<Int> = []) -> Int {
        guard temperature > 0, let top = logits.max() else { return Logits.largest(logits) }
        var drawn = logits.indices.filter { !excluded.contains($0) }.map {
            (token: $0, weight: exp((Double(logits[$0]) - Double(top)) / temperature))
        }
        // Of a vocabulary of many thousands nearly all weigh nothing, and sorting them takes longer than the model.
        if drawn.count > Self.many { drawn = drawn.filter { $0.weight > 1e-9 } }
        drawn.sort { ($0.weight, $1.token) > ($1.weight, $0.token) }
        let all = drawn.reduce(0) { $0 + $1.weight }
        var kept = 0.0
        var count = 0
        while count < drawn.count, count == 0 || kept < topP * all {
            kept += drawn[count].weight
            count += 1
        }
        var random = SplitMix(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(position))
        var left = random.unit() * kept
        for entry in drawn[..<count] {
            left -= entry.weight
            if left < 0 { return entry.token }
        }
        return drawn[max(0, count - 1)].token
    }
}
