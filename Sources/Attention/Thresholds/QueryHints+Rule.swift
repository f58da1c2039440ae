import Foundation
import HalfSpace

extension QueryHints {
    /// What a rule makes of queries like these over the keys present: what steps make of the set, and the share that is reported,
    /// which entmax's sampled keys say. O(queries · d · (d + 1024)).
    public init(_ chooser: ThresholdChooser, queries: [[Float]], statistics: KeyStatistics, store: KeyValueStore) {
        self.init()
        demand = StepDemand(chooser.activation, rule: chooser.settings.rule)
        guard store.count > 0 else { return }
        let shares: [Double] = queries.compactMap { query in
            if case .entmax(let alpha) = chooser.activation {
                return Self.supportShare(query, alpha: alpha, store: store)
            }
            return chooser.choose(query, over: statistics).predicted.map { $0 / Double(store.count) }
        }
        if !shares.isEmpty { expectedShare = shares.reduce(0, +) / Double(shares.count) }
    }

    private static let sampledKeys = 1024

    /// The share of the keys to which entmax gives a weight: solved on a sample, each key of which stands for many.
    private static func supportShare(_ query: [Float], alpha: Double, store: KeyValueStore) -> Double {
        let sampled = min(store.count, sampledKeys)
        let scores = query.withUnsafeBufferPointer { q in
            (0..<sampled).map { Membership.score(q, store.key($0 * store.count / sampled)) }
        }
        guard let largest = scores.max() else { return 0 }
        // Σ c (z − τ)^e = Σ (c^{1/e} z − c^{1/e} τ)^e.
        let scale = (alpha - 1) * pow(Double(store.count) / Double(sampled), alpha - 1)
        let z = scores.map { scale * ($0 - largest) }
        let tau = Entmax.threshold(z, alpha: alpha)
        return Double(z.count { $0 > tau }) / Double(sampled)
    }
}

extension StepDemand {
    /// What steps of an activation make of the sets that a rule asks for.
    public init(_ activation: Activation, rule: ThresholdRule) {
        self =
            switch activation {
            case .entmax(let alpha): .nearLargest(exponent: 1 / (alpha - 1))
            case .relu(let alpha): rule == .count ? .largest : .powers(exponent: alpha)
            case .softmax: rule == .count ? .largest : .exponentials
            }
    }
}
