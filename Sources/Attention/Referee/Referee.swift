import Foundation
import HalfSpace

/// Attention of one query in float64 throughout: what every error that is shown is measured against.
///
/// It follows the definitions and shares no code with what it judges: every key is scored, every weight is computed from its
/// score, and every value with a weight is summed. A row of ReLU^α whose largest score lies no further above b than float64
/// rounds such scores has no weight at all: by the definition D is 0 and so is the output.
public final class Referee {
    /// Which keys softmax weighs; ReLU^α and entmax give no weight to the others anyway.
    public enum Keys: Sendable {
        /// Every key: the error then holds what is left out as well.
        case all
        /// Those of score ≥ b: the error is that of the arithmetic alone.
        case reported
    }

    /// The output of the last row, dv numbers; 0 for an empty row.
    public private(set) var output: [Double]
    /// c of c·tanh(s/c), which softmax takes in place of the score, and a logit of a value of zeros; nil: none.
    public var softcap: Double?
    public var sinkLogit: Double?

    private let store: KeyValueStore
    private var scores: [Double] = []
    private var entmax = EntmaxReferee()

    public init(store: KeyValueStore) {
        self.store = store
        output = Array(repeating: 0, count: store.valueDimension)
    }

    /// Computes the row over every key that the store holds now; O(n·(d + dv)).
    /// - Parameters:
    ///   - query: d floats.
    ///   - activation: How scores become weights.
    ///   - b: In score units; entmax has none, nor has softmax over all keys.
    ///   - keys: The keys that softmax weighs.
    public func attend(_ query: [Float], activation: Activation, threshold b: Double, over keys: Keys = .all) {
        precondition(query.count == store.dimension)
        score(query)
        let total: Double
        switch activation {
        case .relu(let alpha): total = weigh(query, exponent: alpha, above: b)
        case .softmax: total = weighExponentially(from: keys == .all ? -.infinity : b)
        case .entmax(let alpha): total = entmax.weigh(&scores, alpha: alpha)
        }
        mix(total)
    }

    /// How far an output is from the last row.
    public func error(of found: AttentionOutput) -> AttentionError { AttentionError(found.values, against: output) }

    // MARK: Scores, which weights then replace

    /// The sum of `q[t]·k[t]` in order, divided by √d.
    private func score(_ query: [Float]) {
        let (n, d) = (store.count, store.dimension)
        let root = Double(d).squareRoot()
        let vector = query.map { Double($0) }
        let keys = store.keys
        if scores.count != n { scores = Array(repeating: 0, count: n) }
        scores.withUnsafeMutableBufferPointer { scores in
            vector.withUnsafeBufferPointer { q in
                for row in 0..<n {
                    var sum = 0.0
                    for t in 0..<d { sum += q[t] * Double(keys[row &* d &+ t]) }
                    scores[row] = sum / root
                }
            }
        }
    }

    /// `(s − b)^α` in units of the largest, so that no power overflows.
    private func weigh(_ query: [Float], exponent: Int, above b: Double) -> Double {
        guard let row = scores.indices.max(by: { scores[$0] < scores[$1] }) else { return 0 }
        let reach = scores[row] - b
        guard reach > rounding(query, row, b) else { return 0 }
        var total = 0.0
        for i in scores.indices {
            let share = (scores[i] - b) / reach
            guard share > 0 else {
                scores[i] = 0
                continue
            }
            var weight = share
            for _ in 1..<exponent { weight *= share }
            scores[i] = weight
            total += weight
        }
        return total
    }

    /// What float64 may round off the score of a key: half a unit for each sum and product, and for b.
    private func rounding(_ query: [Float], _ row: Int, _ b: Double) -> Double {
        let size = zip(query, store.key(row)).reduce(0.0) { $0 + abs(Double($1.0) * Double($1.1)) }
        let d = Double(store.dimension)
        return ((d + 2) * size / d.squareRoot() + abs(b)) * 0x1p-53
    }

    private func weighExponentially(from b: Double) -> Double {
        func logit(_ score: Double) -> Double { softcap.map { $0 * tanh(score / $0) } ?? score }
        var top = logit(scores.max() ?? 0)
        if let sinkLogit { top = max(top, sinkLogit) }
        var total = sinkLogit.map { exp($0 - top) } ?? 0
        for i in scores.indices {
            scores[i] = scores[i] >= b ? exp(logit(scores[i]) - top) : 0
            total += scores[i]
        }
        return total
    }

    /// `Σ w v / Σ w`.
    private func mix(_ total: Double) {
        let dv = store.valueDimension
        let values = store.values
        output.withUnsafeMutableBufferPointer { output in
            for t in 0..<dv { output[t] = 0 }
            guard total > 0 else { return }
            scores.withUnsafeBufferPointer { weights in
                for row in 0..<weights.count where weights[row] > 0 {
                    let share = weights[row] / total
                    for t in 0..<dv { output[t] += share * Double(values[row &* dv &+ t]) }
                }
            }
        }
    }
}
