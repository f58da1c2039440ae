import Foundation
import HalfSpace

/// What some models make of scores before softmax: a soft cap, and a sink that takes part and has no key.
///
/// Which keys are reported stays a matter of scores: the cap rises with the score, so the keys of the r largest scores are
/// those of the r largest logits.
public struct SoftmaxLogits: Sendable, Equatable {
    /// c of c·tanh(s/c) (Gemma 2, arXiv 2408.00118, section 2); nil: the logit is the score.
    public var softcap: Double?
    /// A logit beside those of the keys, of a value of zeros; nil: none.
    public var sink: Double?

    public init(softcap: Double? = nil, sink: Double? = nil) { (self.softcap, self.sink) = (softcap, sink) }

    /// Whether the logit is the score, and the keys' are all.
    public var arePlain: Bool { softcap == nil && sink == nil }

    /// The logit of a score; ±c of an infinite one.
    public func callAsFunction(_ score: Double) -> Double { softcap.map { $0 * tanh(score / $0) } ?? score }

    /// Softmax over keys of a store, or over all of them: their shares of the mass, and the output; float64, O(keys·(d + dv)).
    public func attend(
        _ query: [Float], store: KeyValueStore, positions: [UInt32]? = nil, into output: AttentionOutput
    ) -> [Float] {
        let count = positions?.count ?? store.count
        func row(_ i: Int) -> Int { positions.map { Int($0[i]) } ?? i }
        var weights = query.withUnsafeBufferPointer { q in
            (0..<count).map { self(Membership.score(q, store.key(row($0)))) }
        }
        let top = max(weights.max() ?? -.infinity, sink ?? -.infinity)
        var total = sink.map { exp($0 - top) } ?? 0
        for i in weights.indices {
            weights[i] = exp(weights[i] - top)
            total += weights[i]
        }
        var sum = [Double](repeating: 0, count: store.valueDimension)
        for i in weights.indices {
            weights[i] /= total
            let value = store.value(row(i))
            for t in sum.indices { sum[t] += weights[i] * Double(value[t]) }
        }
        output.values = sum.map(Float.init)
        output.normaliser = total * exp(top)
        return weights.map(Float.init)
    }
}
