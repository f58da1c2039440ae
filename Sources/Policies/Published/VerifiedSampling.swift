import Attention
import Foundation
import HalfSpace

/// Sinks, the newest keys and those of largest score, and a random sample of all others that is weighed up to the whole.
///
/// Desai, Agrawal, Yang, Cuadron, Schroeder, Zaharia, Gonzalez, Stoica, *vAttention: Verified Sparse Attention*, arXiv 2510.05688,
/// with the oracle's top-k. There a sample is drawn that is large enough for (ε, δ); here the budget is given, and the ε is told that
/// it reaches at δ: the relative error of the softmax denominator stays below ε with probability 1 − δ, by the central limit
/// theorem and the sample's own variance.
public final class VerifiedSampling: CachePolicy {
    public static let card = PolicyCard(
        name: "vAttention", source: "vAttention: Verified Sparse Attention, Desai et al., arXiv 2510.05688",
        words: "top-k and a weighed sample of the rest", isOracle: true)

    public static let delta = 0.05

    private let budget: PolicyBudget
    private let seed: UInt64
    private let store: KeyValueStore

    public init(_ start: PolicyStart) { (budget, seed, store) = (start.budget, start.seed, start.store) }

    public var parameters: [(name: String, value: String)] {
        let shares = Shares(budget.rows(of: store))
        return [
            ("f_s", String(shares.sinks)), ("f_l", String(shares.local)), ("f_t", String(shares.top)),
            ("b", String(shares.sampled)), ("δ", String(Self.delta)),
        ]
    }

    /// How reads are divided: half of them are the sample.
    private struct Shares {
        let sinks, local, top, sampled: Int

        init(_ reads: Int) {
            let fixed = (reads + 1) / 2
            sinks = fixed / 8
            local = fixed / 8
            top = fixed - sinks - local
            sampled = reads - fixed
        }
    }

    public func take(row: Int) {}

    public func read(_ step: PolicyStep) -> PolicyReading {
        let n = step.count
        let reads = min(budget.rows(of: store), n)
        let shares = Shares(reads)
        var isFixed = Array(repeating: false, count: n)
        var fixed: [UInt32] = []
        func take(_ row: UInt32) {
            guard !isFixed[Int(row)] else { return }
            isFixed[Int(row)] = true
            fixed.append(row)
        }
        if reads == n {
            for row in 0..<UInt32(n) { take(row) }
        } else {
            for row in 0..<UInt32(shares.sinks) { take(row) }
            for row in UInt32(n - shares.local)..<UInt32(n) { take(row) }
            for row in step.falling where fixed.count < reads - shares.sampled { take(row) }
        }
        let rest = (0..<UInt32(n)).filter { !isFixed[Int($0)] }
        var random = SplitMix(seed: seed, step: step.number)
        let sample = random.sample(reads - fixed.count, of: rest)
        let weight = sample.isEmpty ? 1 : Double(rest.count) / Double(sample.count)
        var reading = PolicyReading(
            rows: fixed + sample,
            weights: Array(repeating: 1, count: fixed.count) + Array(repeating: weight, count: sample.count),
            bytes: ReadBytes(rows: reads, of: step.store))
        if let epsilon = epsilon(fixed: fixed, sample: sample, of: rest.count, step) {
            reading.note = String(format: "ε %.2g at δ %g", epsilon, Self.delta)
        }
        return reading
    }

    /// `Φ⁻¹(1 − δ/2)·n_s·σ / (√b·D)` of the denominator D; nil where nothing is sampled or nothing is known of the variance.
    private func epsilon(fixed: [UInt32], sample: [UInt32], of rest: Int, _ step: PolicyStep) -> Double? {
        guard sample.count > 1, sample.count < rest else { return rest == 0 || sample.count == rest ? 0 : nil }
        let scores = step.scores
        let top = (fixed + sample).map { scores[Int($0)] }.max() ?? 0
        let drawn = sample.map { exp(scores[Int($0)] - top) }
        let mean = drawn.reduce(0, +) / Double(drawn.count)
        let variance = drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(drawn.count - 1)
        let whole = fixed.reduce(0) { $0 + exp(scores[Int($1)] - top) } + Double(rest) * mean
        let reach = Normal.quantile(ofUpperTail: Self.delta / 2)
        return reach * Double(rest) * (variance / Double(sample.count)).squareRoot() / whole
    }
}
