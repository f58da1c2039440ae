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
            if attendDensely(query, &found, into: output) { return found }
            let remembered = largestSeen.guess(chosen.spread, below: 1, widest: 0.6)
            let largest = try index.reportNearLargest(within: reach, of: query, remembered: remembered, into: listed)
            found.note(work: listed.work)
            found.result.threshold = (largest ?? 0) - reach
            if let largest {
                largestSeen.add(largest, chosen.spread)
                found.result.largest = Float(largest)
            }
            weigh(query, exactly: false, &found, into: output)
            noteSupport(&found, query)
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

    /// Of entmax the half-space is the support: from where weights begin, which is known now, and its keys counted.
    private func noteSupport(_ found: inout AttentionFinding, _ query: [Float]) {
        guard let cut = found.support else { return }
        found.result.threshold = cut
        let slack = FloatPrecision(query, index.store).bound(near: cut)
        var count = 0
        query.withUnsafeBufferPointer { q in
            for (position, score) in zip(listed.positions, listed.scores) {
                let above = Double(score) - cut
                // About the cut the definition decides.
                let isIn =
                    abs(above) > slack
                    ? above > 0 : Membership.score(q, index.store.key(Int(position))) >= cut
                if isIn { count += 1 }
            }
        }
        found.result.count = count
    }

    /// Entmax over too few keys for an index.
    private func attendDensely(
        _ query: [Float], _ found: inout AttentionFinding, into output: AttentionOutput
    ) -> Bool {
        let store = index.store
        guard let dense, store.count > 0 else { return false }
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
            output.clear()
            output.normaliser = 0
            return
        }
        if exactly || !weighInFloat32(query, &found, into: output) {
            let scores = exactScores(query)
            if case .entmax(let alpha) = activation {
                let solution = Entmax.solve(scores, alpha: alpha)
                weights = solution.weights.map { Float($0) }
                found.support = solution.cut
                found.set(logNormaliser: 0)
            } else {
                found.set(
                    logNormaliser: ScoreWeights.fill(
                        &weights, scores: scores, activation: activation, threshold: found.threshold,
                        rounding: rounding(query, scores, found.threshold)))
            }
            index.sumValues(of: listed, weights: weights, into: &output.values)
        }
        output.normaliser = exp(found.logNormaliser)
        guard let residual else { return }
        var logMass = found.logNormaliser
        residual.correct(&output.values, logMass: &logMass, query: query, report: listed, store: index.store)
        output.normaliser = exp(logMass)
    }

    /// The fast way, for weights and sums that float32 holds; false where it does not.
    private func weighInFloat32(
        _ query: [Float], _ found: inout AttentionFinding, into output: AttentionOutput
    ) -> Bool {
        let count = listed.count
        if weights.count < count { weights.append(contentsOf: repeatElement(0, count: count - weights.count)) }
        if weights.count > count { weights.removeLast(weights.count - count) }
        let precision = FloatPrecision(query, index.store)
        let b = found.threshold
        let total = listed.scores.withUnsafeBufferPointer { scores in
            weights.withUnsafeMutableBufferPointer { weights -> Double? in
                guard let scores = scores.baseAddress, let weights = weights.baseAddress else { return nil }
                let largest = ck_largest(scores, count)
                switch found.activation {
                case .relu(let alpha):
                    let total = ck_power_weights(scores, count, 1, Float(b), Int32(alpha), weights)
                    return precision.holdsPowers(above: b, weight: total, count: count, alpha: alpha) ? total : nil
                case .softmax:
                    found.result.shift = Double(largest)
                    guard precision.holdsExponentials(upTo: Double(largest)) else { return nil }
                    return ck_exponential_weights(scores, count, 1, largest, weights)
                case .entmax(let alpha):
                    guard alpha <= 2, largest.isFinite else { return nil }
                    let entmax = EntmaxWeights.fill(
                        weights, of: scores, count: count, top: largest, alpha: alpha, scale: Float(alpha - 1))
                    found.support = Double(entmax.cut)
                    let size = Double(max(abs(largest), abs(entmax.cut)))
                    return precision.holdsEntmax(alpha: alpha, size: size, support: entmax.count) ? entmax.total : nil
                }
            }
        }
        guard let total, total > 1e-30, total < 1e30 else { return false }
        // Weights of entmax are normalised by τ; what rounding left of its error is shared out.
        if case .entmax = found.activation { found.result.weight = 1 } else { found.result.weight = total }
        index.sumValues(of: listed, weights: weights, into: &output.values)
        output.scale(by: Float(1 / total))
        return output.isFinite
    }

    /// What float64 rounds off the largest score.
    private func rounding(_ query: [Float], _ scores: [Double], _ b: Double) -> Double {
        guard let top = scores.indices.max(by: { scores[$0] < scores[$1] }) else { return 0 }
        return FloatPrecision.rounding(query, index.store.key(Int(listed.positions[top])), threshold: b)
    }

    private func exactScores(_ query: [Float]) -> [Double] {
        Membership.scores(of: query, rows: listed.positions, in: index.store)
    }
}
