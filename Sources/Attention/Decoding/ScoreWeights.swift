import Foundation

/// Weights of a listed set in float64, scaled by the largest so that nothing overflows and nothing that matters is lost.
enum ScoreWeights {
    /// Fills normalised weights for the scores of a set; returns the normaliser D as a logarithm (−∞ for an empty row,
    /// whose weights are 0).
    /// - Parameter rounding: What may be rounded off the largest score: ReLU^α gives no weight to a row that lies no further
    ///   above the threshold.
    static func fill(
        _ weights: inout [Float], scores: [Double], activation: Activation, threshold: Double, rounding: Double = 0
    ) -> Double {
        weights.removeAll(keepingCapacity: true)
        guard let largest = scores.max() else { return -.infinity }
        switch activation {
        case .softmax:
            return normalise(scores.map { exp($0 - largest) }, logScale: largest, into: &weights)
        case .relu(let alpha):
            let reach = largest - threshold
            guard reach > rounding else {
                weights = Array(repeating: 0, count: scores.count)
                return -.infinity
            }
            let raw = scores.map { raise(max(0, $0 - threshold) / reach, alpha) }
            return normalise(raw, logScale: Double(alpha) * log(reach), into: &weights)
        case .entmax(let alpha):
            weights.append(contentsOf: Entmax.weights(scores, alpha: alpha).map { Float($0) })
            return 0
        }
    }

    /// The same for softmax over logits that are not the scores, with a sink beside them that has no weight here.
    static func fill(_ weights: inout [Float], scores: [Double], logits: SoftmaxLogits) -> Double {
        weights.removeAll(keepingCapacity: true)
        guard let largest = scores.max() else { return -.infinity }
        let top = max(logits(largest), logits.sink ?? -.infinity)
        let raw = scores.map { exp(logits($0) - top) }
        let total = raw.reduce(logits.sink.map { exp($0 - top) } ?? 0, +)
        for w in raw { weights.append(Float(w / total)) }
        return log(total) + top
    }

    private static func normalise(_ raw: [Double], logScale: Double, into weights: inout [Float]) -> Double {
        let sum = raw.reduce(0, +)
        for w in raw { weights.append(Float(w / sum)) }
        return log(sum) + logScale
    }

    /// x^n by squaring.
    static func raise(_ x: Double, _ n: Int) -> Double {
        var result = 1.0
        var square = x
        var rest = n
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
