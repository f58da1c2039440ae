import CKernels
import Foundation
import HalfSpace

/// Attention of one query over the keys that a half-space reports: from query to output, as a decode step times it.
///
/// ReLU^α and entmax are exact (what is left out has weight 0); softmax is the softmax of the reported keys. Made once, used
/// for every step. What the last step found stands in the properties.
public final class SparseAttention {
    // What one call of a kernel answers touches these alone: cold, every line counts. What it was asked and what it found
    // stands in ``result``.
    private let step: UnsafeMutablePointer<ck_step>
    private let result: UnsafeMutablePointer<ck_step_result>
    public let index: ReportingIndex
    /// Adds the keys that softmax left out, a cell at a time; nil: they are left out.
    public var residual: LeafMeanResidual?
    private let resultMemory = AlignedBuffer<ck_step_result>(count: 1)

    /// What a step found that took more than one call.
    private struct Steps {
        var query: [Float] = []
        var activation = Activation.softmax
        var b = 0.0
        var work = Work()
        var usedMoments = false
        var logNormaliser = -Double.infinity
        var listed = 0
        var wasDense = false
        var isCounted = true
    }
    private var steps = Steps()
    private let sum: Aggregate
    private let found = Report()
    private let dense: DenseAttention?
    private var scores: [Double] = []
    private var weights: [Float] = []
    /// Where the largest score, entmax's first weight and the r-th largest stood lately, so that one half-space is enough.
    private var largestSeen = ThresholdMemory()
    private var supportAlpha = 0.0
    private var supportFound: Double?
    private var supportSeen = ThresholdMemory()
    private var rankSeen = ThresholdMemory()
    private var lastShare = -1.0
    /// How far above b the exponents are shifted, so that sums of float32 neither overflow nor vanish; it follows the stream.
    private var headroom = SparseAttention.leastHeadroom
    private static let leastHeadroom = 40.0

    public init(index: ReportingIndex) {
        self.index = index
        step = index.stepPlan.step
        result = resultMemory.base
        sum = Aggregate(valueDimension: index.store.valueDimension)
        dense = index.answersDensely ? DenseAttention(store: index.store) : nil
    }

    /// Reports, weighs, normalises and sums the values above a score b that is known; entmax has none. An empty row gives 0.
    /// - Throws: `NonFiniteEntry` if the query holds a NaN or an infinity.
    public func attend(
        _ query: [Float], activation: Activation, threshold: Double, into output: AttentionOutput
    ) throws(NonFiniteEntry) {
        switch activation {
        case .relu(let alpha):
            if output.fill(step, query, threshold: threshold, alpha: alpha, result) { return }
        case .entmax(let alpha):
            if step.pointee.dense != nil, output.fill(step, query, entmax: alpha, from: 0, result) { return }
        case .softmax: break
        }
        try attend(query, activation: activation, threshold: ChosenThreshold(value: threshold), into: output)
    }

    /// The same with a threshold as its rule chose it.
    /// - Throws: `NonFiniteEntry` if the query holds a NaN or an infinity.
    @inline(never)
    public func attend(
        _ query: [Float], activation: Activation, threshold chosen: ChosenThreshold, into output: AttentionOutput
    ) throws(NonFiniteEntry) {
        if case .relu(let alpha) = activation, chosen.keepLargest == nil {
            if output.fill(step, query, threshold: chosen.value, alpha: alpha, result) { return }
        } else if case .entmax(let alpha) = activation {
            let isDense = step.pointee.dense != nil
            let low = isDense ? 0 : lowOfSupport(alpha, chosen)
            if output.fill(step, query, entmax: alpha, from: low, result) {
                if !isDense { supportSeen.add(Double(result.pointee.cut), chosen.spread) }
                return
            }
        } else if activation == .softmax, let r = chosen.keepLargest, chosen.shift == 0, residual == nil {
            if output.fill(step, query, largest: r, from: lowOfRank(r, chosen), result) {
                return rankSeen.add(result.pointee.threshold, chosen.spread)
            }
        }
        try attendInSteps(query, activation: activation, threshold: chosen, into: output)
    }

    /// What the kernel of a step does not serve: softmax, entmax of no natural exponent or not remembered yet, and ReLU where
    /// float32 sums do not suffice.
    private func attendInSteps(
        _ query: [Float], activation: Activation, threshold chosen: ChosenThreshold, into output: AttentionOutput
    ) throws(NonFiniteEntry) {
        result.pointee.answered = 0
        steps = Steps(query: query, activation: activation)
        switch activation {
        case .entmax(let alpha): try attendEntmax(alpha, chosen, into: output)
        case .relu, .softmax:
            if let r = chosen.keepLargest {
                try attendLargest(r, chosen, into: output)
            } else {
                try attendAbove(chosen.value, into: output)
            }
        }
    }

    // MARK: What the last step found

    private var answeredAtOnce: Bool { result.pointee.answered != 0 }

    private var activation: Activation {
        guard answeredAtOnce else { return steps.activation }
        switch Int(result.pointee.asked) {
        case CK_STEP_RELU: return .relu(alpha: Int(result.pointee.alpha))
        case CK_STEP_ENTMAX: return .entmax(alpha: result.pointee.alpha)
        default: return .softmax
        }
    }

    private var b: Double {
        get { answeredAtOnce ? result.pointee.threshold : steps.b }
        set { if answeredAtOnce { result.pointee.threshold = newValue } else { steps.b = newValue } }
    }

    private var isCounted: Bool { answeredAtOnce ? result.pointee.counted != 0 : steps.isCounted }

    private var listed: Int { answeredAtOnce ? result.pointee.count : steps.listed }

    private func count(_ found: Int) {
        (result.pointee.counted, result.pointee.count) = (1, found)
        (steps.isCounted, steps.listed) = (true, found)
    }

    /// The score threshold b of the last step, found by the index or as given; for entmax `s_max − 1/(a−1)`.
    public var threshold: Double {
        settle()
        return b
    }

    /// Keys reported by the last step; where the step was computed densely they are counted when asked for.
    public var reported: Int {
        settle()
        if isCounted { return listed }
        guard let half = try? Query(query, threshold: threshold) else { return 0 }
        index.report(half, into: found)
        count(found.count)
        return found.count
    }

    /// Finds b and the set of an entmax step that needed neither.
    private func settle() {
        guard !isCounted, case .entmax(let alpha) = activation else { return }
        let about = answeredAtOnce ? Double(result.pointee.largest) : -.infinity
        let reach = Entmax.reach(alpha)
        // Less than nothing would list twice where float32 rounded up.
        let remembered = about - 1e-3 * reach
        let largest = try? index.reportNearLargest(within: reach, of: query, remembered: remembered, into: found)
        b = (largest ?? 0) - reach
        count(found.count)
    }

    /// Whether the last step was computed as dense attention computes it, since no index pays for these keys.
    public var wasDense: Bool { answeredAtOnce ? index.answersDensely : steps.wasDense }

    /// What the last step's reporting cost.
    public var work: Work { answeredAtOnce ? Work(result.pointee.work) : steps.work }

    /// Whether nodes answered by their moment sums, so that the set was not listed.
    public var usedMoments: Bool { answeredAtOnce ? result.pointee.used_moments != 0 : steps.usedMoments }

    /// `ln D`: the logarithm of the sum of the last step's weights; −∞ for an empty row. For softmax the log-sum-exp of
    /// the reported scores.
    public var logNormaliser: Double {
        guard answeredAtOnce else { return steps.logNormaliser }
        return log(result.pointee.weight) + (activation == .softmax ? Double(result.pointee.largest) : 0)
    }

    private var query: [Float] {
        guard answeredAtOnce else { return steps.query }
        return withUnsafeBytes(of: &result.pointee.vector) {
            Array($0.bindMemory(to: Float.self)[..<index.store.dimension])
        }
    }

    private var queryNorm: Double { query.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }

    /// Lists the set of the last step, for a screen or a check: outside its timing.
    public func list(into report: Report) throws(NonFiniteEntry) {
        index.report(try Query(query, threshold: threshold), into: report)
    }

    /// The share of the last step's attention that each key of a listed set has, parallel to it; they sum to 1 unless the row is empty.
    public func shares(of report: Report) -> [Float] {
        let scores = exactScores(of: report)
        var shares: [Float] = []
        _ = ScoreWeights.fill(&shares, scores: scores, activation: activation, threshold: threshold)
        return shares
    }

    // MARK: b is known: the index sums while it reports

    private func attendAbove(_ b: Double, into output: AttentionOutput) throws(NonFiniteEntry) {
        steps.b = b
        let half = try Query(query, threshold: b)
        if residual != nil, activation == .softmax {
            steps.work = Work()
            return try attendListed(half, into: output)
        }
        switch activation {
        case .relu(let alpha):
            index.aggregate(half, weight: .power(exponent: alpha, shift: b), into: sum)
            steps.work = sum.work
            guard sum.count > 0 else { return empty(output) }
            guard sum.weight > 1e-30, sum.weight < 1e30, !isNoise(alpha: alpha) else {
                return try attendListed(half, into: output)
            }
            steps.logNormaliser = log(sum.weight)
        default:
            let base = b.isFinite ? b : 0
            var shift = base + headroom
            index.aggregate(half, weight: .exponential(shift: shift), into: sum)
            steps.work = sum.work
            guard sum.count > 0 else { return empty(output) }
            let reach = sum.largestScore - shift
            if !(sum.weight > 1e-25 && sum.weight < 1e25) {
                guard reach.isFinite else { return try attendListed(half, into: output) }
                headroom = max(Self.leastHeadroom, sum.largestScore - base)
                shift = sum.largestScore
                index.aggregate(half, weight: .exponential(shift: shift), into: sum)
                steps.work += sum.work
            }
            steps.logNormaliser = log(sum.weight) + shift
        }
        steps.listed = sum.count
        steps.usedMoments = sum.usedMoments
        let scale = Float(1 / sum.weight)
        output.set { sum.values[$0] * scale }
        output.normaliser = exp(steps.logNormaliser)
        guard output.isFinite else { return try attendListed(half, into: output) }
    }

    private func isNoise(alpha: Int) -> Bool {
        TieNoise.explains(
            weight: sum.weight, count: sum.count, alpha: alpha, threshold: threshold, queryNorm: queryNorm,
            keyNorm: index.store.largestKeyNorm, dimension: query.count)
    }

    /// The way for weights that float32 sums cannot hold: list, weigh in float64, sum.
    private func attendListed(_ half: Query, into output: AttentionOutput) throws(NonFiniteEntry) {
        index.report(half, into: found)
        steps.work += found.work
        weigh(exactly: activation != .softmax, into: output)
    }

    // MARK: b is found by the index

    /// A score below that at which entmax's weights begin, as far as is remembered.
    private func lowOfSupport(_ alpha: Double, _ chosen: ChosenThreshold) -> Double {
        if alpha != supportAlpha { (supportSeen, supportAlpha) = (ThresholdMemory(), alpha) }
        return supportSeen.guess(chosen.spread, below: 2, widest: 0.6)
    }

    /// A score below that of the r-th largest, as far as is remembered.
    private func lowOfRank(_ r: Int, _ chosen: ChosenThreshold) -> Double {
        // What was remembered is of the same share of the keys.
        let share = Double(r) / Double(max(1, index.store.count))
        if abs(share - lastShare) > 0.01 * share { (rankSeen, lastShare) = (ThresholdMemory(), share) }
        return rankSeen.guess(chosen.spread, below: 2, widest: 0.15)
    }

    private func attendLargest(
        _ r: Int, _ chosen: ChosenThreshold, into output: AttentionOutput
    ) throws(NonFiniteEntry) {
        try index.reportLargest(r, of: query, remembered: lowOfRank(r, chosen), into: found)
        steps.work = found.work
        steps.b = found.threshold
        rankSeen.add(threshold, chosen.spread)
        if threshold == -.infinity, let least = exactScores(of: found).min() { steps.b = least }
        if chosen.shift != 0, threshold.isFinite {
            steps.b += chosen.shift
            index.report(try Query(query, threshold: threshold), into: found)
            steps.work += found.work
        }
        weigh(into: output)
    }

    private func attendEntmax(
        _ alpha: Double, _ chosen: ChosenThreshold, into output: AttentionOutput
    ) throws(NonFiniteEntry) {
        let reach = Entmax.reach(alpha)
        if let dense, attendDensely(dense, reach: reach, into: output) { return }
        let largest = try index.reportNearLargest(
            within: reach, of: query, remembered: largestSeen.guess(chosen.spread, below: 1, widest: 0.6), into: found)
        steps.work = found.work
        steps.b = (largest ?? 0) - reach
        if let largest { largestSeen.add(largest, chosen.spread) }
        weigh(into: output)
        if let supportFound { supportSeen.add(supportFound, chosen.spread) }
    }

    /// Entmax over too few keys for an index; false where float32 could not say how far below the largest a score lies.
    private func attendDensely(_ dense: DenseAttention, reach: Double, into output: AttentionOutput) -> Bool {
        let store = index.store
        let slack = ck_score_slack(store.dimension, queryNorm * store.largestKeyNorm)
        guard store.count > 0, slack < 1e-3 * reach else { return false }
        dense.attend(query, activation: activation, threshold: 0, into: output)
        steps.wasDense = true
        steps.isCounted = false
        steps.work = Work()
        steps.work.candidates = store.count
        steps.work.bytesRead = store.bytes
        return true
    }

    // MARK: A listed set

    private func weigh(exactly: Bool = false, into output: AttentionOutput) {
        steps.listed = found.count
        guard steps.listed > 0 || isCorrected else { return empty(output) }
        supportFound = nil
        if exactly || !weighInFloat32(into: output) {
            scores.removeAll(keepingCapacity: true)
            for score in found.scores { scores.append(Double(score)) }
            // Scores that float32 cannot hold are computed anew.
            if exactly || !scores.allSatisfy(\.isFinite) { scores = exactScores(of: found) }
            steps.logNormaliser = ScoreWeights.fill(
                &weights, scores: scores, activation: activation, threshold: threshold)
            index.sumValues(of: found, weights: weights, into: &output.values)
        }
        output.normaliser = exp(steps.logNormaliser)
        guard isCorrected, let residual else { return }
        var logMass = steps.logNormaliser
        residual.correct(&output.values, logMass: &logMass, query: query, report: found, store: index.store)
        output.normaliser = exp(logMass)
    }

    /// The fast way, for sums that float32 holds well; false where it does not.
    private func weighInFloat32(into output: AttentionOutput) -> Bool {
        let count = found.count
        if weights.count < count { weights.append(contentsOf: repeatElement(0, count: count - weights.count)) }
        if weights.count > count { weights.removeLast(weights.count - count) }
        var shift = 0.0
        let total = found.scores.withUnsafeBufferPointer { scores in
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
                    supportFound = Double(cut)
                    return total
                }
            }
        }
        guard total > 1e-30, total < 1e30 else { return false }
        // Weights of entmax are normalised by τ; what rounding left of its error is shared out.
        if case .entmax = activation { steps.logNormaliser = 0 } else { steps.logNormaliser = log(total) + shift }
        index.sumValues(of: found, weights: weights, into: &output.values)
        let scale = Float(1 / total)
        output.scale(by: scale)
        return output.isFinite
    }

    private var isCorrected: Bool { residual != nil && activation == .softmax }

    private func exactScores(of report: Report) -> [Double] {
        query.withUnsafeBufferPointer { q in report.positions.map { Membership.score(q, index.store.key(Int($0))) } }
    }

    private func empty(_ output: AttentionOutput) {
        steps.listed = 0
        steps.logNormaliser = -.infinity
        output.set { _ in 0 }
        output.normaliser = 0
    }
}
