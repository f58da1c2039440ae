import CKernels
import Foundation
import HalfSpace

/// The way that lists a set, weighs it, in float64 where float32 does not hold that, and sums the values: for what the kernel of
/// a step declines. It always answers.
final class ListedWay: AttentionWay {
    /// Adds the keys that softmax left out, a cell at a time; nil: they are left out.
    var residual: LeafMeanResidual?
    private let index: ReportingIndex
    private let dense: DenseAttention?
    /// The set of the row under way.
    private let listed = Report()
    private var weights: [Float] = []
    /// Where the largest score stood lately, so that one half-space is enough for entmax.
    private var largestSeen = ThresholdMemory()

    init(_ index: ReportingIndex) {
        self.index = index
        dense = index.answersDensely ? DenseAttention(store: index.store) : nil
    }

    func attend(
        _ query: [Float], _ activation: Activation, _ chosen: ChosenThreshold, low: Double, into output: AttentionOutput
    ) throws(NonFiniteEntry) -> AttentionFinding {
        var found = AttentionFinding(activation)
        if case .entmax(let alpha) = activation {
            let reach = Entmax.reach(alpha)
            if attendDensely(query, reach: reach, &found, into: output) { return found }
            let remembered = largestSeen.guess(chosen.spread, below: 1, widest: 0.6)
            let largest = try index.reportNearLargest(within: reach, of: query, remembered: remembered, into: listed)
            found.note(work: listed.work)
            found.result.threshold = (largest ?? 0) - reach
            if let largest {
                largestSeen.add(largest, chosen.spread)
                found.result.largest = Float(largest)
            }
            weigh(query, exactly: false, &found, into: output)
        } else if let r = chosen.keepLargest {
            try listLargest(r, query, shift: chosen.shift, low: low, &found)
            weigh(query, exactly: false, &found, into: output)
        } else {
            index.report(try Query(query, threshold: chosen.value), into: listed)
            found.note(work: listed.work)
            found.result.threshold = chosen.value
            // Sums of float32 did not hold the weights, or may be noise.
            weigh(query, exactly: activation != .softmax, &found, into: output)
        }
        return found
    }

    private func listLargest(
        _ r: Int, _ query: [Float], shift: Double, low: Double, _ found: inout AttentionFinding
    ) throws(NonFiniteEntry) {
        try index.reportLargest(r, of: query, remembered: low, into: listed)
        var work = listed.work
        var b = listed.threshold
        if b == -.infinity, let least = exactScores(query).min() { b = least }
        if shift != 0, b.isFinite {
            b += shift
            index.report(try Query(query, threshold: b), into: listed)
            work += listed.work
        }
        found.note(work: work)
        found.result.threshold = b
    }

    /// Entmax over too few keys for an index; false where float32 could not say how far below the largest a score lies.
    private func attendDensely(
        _ query: [Float], reach: Double, _ found: inout AttentionFinding, into output: AttentionOutput
    ) -> Bool {
        let store = index.store
        let norm = query.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        let slack = ck_score_slack(store.dimension, norm * store.largestKeyNorm)
        guard let dense, store.count > 0, slack < 1e-3 * reach else { return false }
        dense.attend(query, activation: found.activation, threshold: 0, into: output)
        found.result.dense = 1
        found.result.weight = 1
        found.result.work.candidates = store.count
        found.result.work.bytes_read = store.bytes
        return true
    }

    // MARK: A listed set

    private func weigh(
        _ query: [Float], exactly: Bool, _ found: inout AttentionFinding, into output: AttentionOutput
    ) {
        let activation = found.activation
        let residual = activation == .softmax ? residual : nil
        found.result.count = listed.count
        guard listed.count > 0 || residual != nil else {
            output.set { _ in 0 }
            output.normaliser = 0
            return
        }
        if exactly || !weighInFloat32(&found, into: output) {
            var scores = listed.scores.map(Double.init)
            // Scores that float32 cannot hold are computed anew.
            if exactly || !scores.allSatisfy(\.isFinite) { scores = exactScores(query) }
            let logNormaliser = ScoreWeights.fill(
                &weights, scores: scores, activation: activation, threshold: found.threshold)
            found.set(logNormaliser: logNormaliser)
            index.sumValues(of: listed, weights: weights, into: &output.values)
        }
        output.normaliser = exp(found.logNormaliser)
        guard let residual else { return }
        var logMass = found.logNormaliser
        residual.correct(&output.values, logMass: &logMass, query: query, report: listed, store: index.store)
        output.normaliser = exp(logMass)
    }

    /// The fast way, for sums that float32 holds well; false where it does not.
    private func weighInFloat32(_ found: inout AttentionFinding, into output: AttentionOutput) -> Bool {
        let count = listed.count
        if weights.count < count { weights.append(contentsOf: repeatElement(0, count: count - weights.count)) }
        if weights.count > count { weights.removeLast(weights.count - count) }
        let (activation, threshold) = (found.activation, found.threshold)
        var shift = 0.0
        let total = listed.scores.withUnsafeBufferPointer { scores in
            weights.withUnsafeMutableBufferPointer { weights -> Double in
                guard let scores = scores.baseAddress, let weights = weights.baseAddress else { return 0 }
                switch activation {
                case .relu(let alpha):
                    return ck_power_weights(scores, count, 1, Float(threshold), Int32(alpha), weights)
                case .softmax:
                    let largest = ck_largest(scores, count)
                    guard largest.isFinite else { return 0 }
                    shift = Double(largest)
                    return ck_exponential_weights(scores, count, 1, largest, weights)
                case .entmax(let alpha):
                    let largest = ck_largest(scores, count)
                    // Where small weights rise steeply float64 is needed throughout.
                    guard largest.isFinite, alpha <= 2 else { return 0 }
                    let (total, cut) = EntmaxWeights.fill(
                        weights, of: scores, count: count, top: largest, alpha: alpha, scale: Float(alpha - 1))
                    found.support = Double(cut)
                    return total
                }
            }
        }
        guard total > 1e-30, total < 1e30 else { return false }
        // Weights of entmax are normalised by τ; what rounding left of its error is shared out.
        if case .entmax = activation { found.result.weight = 1 } else { found.result.weight = total }
        found.result.shift = shift
        index.sumValues(of: listed, weights: weights, into: &output.values)
        output.scale(by: Float(1 / total))
        return output.isFinite
    }

    private func exactScores(_ query: [Float]) -> [Double] {
        query.withUnsafeBufferPointer { q in
            listed.positions.map { Membership.score(q, index.store.key(Int($0))) }
        }
    }
}
