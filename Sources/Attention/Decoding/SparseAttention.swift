import CKernels
import HalfSpace

/// Attention of one query over the keys that a half-space reports: from query to output, as a decode step times it.
///
/// ReLU^α and entmax are exact (what is left out has weight 0); softmax is the softmax of the reported keys. Made once, used
/// for every step.
public final class SparseAttention {
    // What one call of a kernel answers touches this alone: cold, every line counts. A check that nobody else changes it, which
    // nobody does within a call, would be waited for on eight pages of the runtime.
    @exclusivity(unchecked) private var kernel: KernelWay
    private let listed: ListedWay
    public let index: ReportingIndex
    @exclusivity(unchecked) private var remembered = RememberedThresholds()

    /// What the kernel is asked through, where that is not the index's own.
    private let plan: StepPlan?

    public convenience init(index: ReportingIndex) { self.init(index: index, plan: nil) }

    /// - Parameter plan: For queries beside those of other threads: ``bring()`` before each, ``attendByKernel(_:activation:threshold:into:)``
    ///   beside others, the rest one thread at a time.
    init(index: ReportingIndex, plan: StepPlan?) {
        self.index = index
        self.plan = plan
        kernel = KernelWay(plan ?? index.stepPlan)
        listed = ListedWay(index)
    }

    /// Brings a plan of its own to the rows that the index has now.
    func bring() { if let plan { index.bring(plan) } }

    /// Adds the keys that softmax left out, a cell at a time; nil: they are left out.
    public var residual: LeafMeanResidual? {
        get { listed.residual }
        set { listed.residual = newValue }
    }

    /// Reports, weighs, normalises and sums the values above a score b that is known; entmax has none. An empty row gives 0.
    /// - Returns: What was found, besides the output.
    /// - Throws: `NonFiniteEntry` if the query holds a NaN or an infinity.
    @discardableResult
    public func attend(
        _ query: [Float], activation: Activation, threshold: Double, into output: AttentionOutput
    ) throws(NonFiniteEntry) -> AttentionFinding {
        let chosen = ChosenThreshold(value: threshold)
        switch activation {
        case .relu(let alpha):
            if let found = kernel.relu(query, above: threshold, alpha: alpha, into: output) { return found }
            return try answer(query, activation, chosen, low: -.infinity, into: output)
        case .entmax(let alpha):
            if kernel.isDense, let found = kernel.entmax(query, alpha: alpha, low: 0, into: output) { return found }
        case .softmax: break
        }
        return try attend(query, activation: activation, threshold: chosen, into: output)
    }

    /// The same with a threshold as its rule chose it.
    /// - Returns: What was found, besides the output.
    /// - Throws: `NonFiniteEntry` if the query holds a NaN or an infinity.
    @inline(never)
    @discardableResult
    public func attend(
        _ query: [Float], activation: Activation, threshold chosen: ChosenThreshold, into output: AttentionOutput
    ) throws(NonFiniteEntry) -> AttentionFinding {
        let low = remembered.low(activation, chosen, of: index.store.count)
        if activation != .softmax || residual == nil,
            let found = kernel.attend(query, activation, chosen, low: low, into: output)
        {
            remembered.add(found, chosen)
            return found
        }
        return try answer(query, activation, chosen, low: low, into: output)
    }

    /// One call of the kernel; nil where another way has to answer.
    func attendByKernel(
        _ query: [Float], activation: Activation, threshold chosen: ChosenThreshold, into output: AttentionOutput
    ) -> AttentionFinding? {
        guard activation != .softmax || residual == nil else { return nil }
        let low = remembered.low(activation, chosen, of: index.store.count)
        let found = asked.asking(number) { kernel.attend(query, activation, chosen, low: low, into: output) }
        number = 0
        guard let found else { return nil }
        remembered.add(found, chosen)
        return found
    }

    // MARK: Heads that share an index

    /// What the kernel is asked through.
    private var asked: StepPlan { plan ?? index.stepPlan }

    /// The number under which the next query is looked for; 0: nobody looks for it.
    private var number = 0

    /// Whether queries of several heads can be looked for at once.
    var canLook: Bool { asked.canLook }

    /// Takes the query of a head to be looked for with those of others through this one's plan, before the head is asked.
    func expect(
        _ query: [Float], of head: SparseAttention, activation: Activation, threshold chosen: ChosenThreshold
    ) {
        let low = head.remembered.low(activation, chosen, of: index.store.count)
        let isOurs = head.asked === asked && (activation != .softmax || head.residual == nil)
        let least = isOurs ? KernelWay.least(activation, chosen, low: low) : nil
        head.number = least.map { asked.expect(query, above: $0) } ?? 0
    }

    /// Looks for the queries that were taken; each head is asked next by ``attendByKernel(_:activation:threshold:into:)``.
    func look() { asked.look() }

    /// Ends what ``look()`` began.
    func endLook() { asked.endLook() }

    /// What the kernel declined.
    private func answer(
        _ query: [Float], _ activation: Activation, _ chosen: ChosenThreshold, low: Double, into output: AttentionOutput
    ) throws(NonFiniteEntry) -> AttentionFinding {
        let found = try listed.attend(query, activation, chosen, low: low, into: output)
        remembered.add(found, chosen)
        return found
    }

    /// Lists the set that a step's output is over, outside of its timing, through the driver that answered it. Of entmax these are
    /// the keys within `1/(a − 1)` of the largest score, which hold those with a weight; `report.threshold` is that bound.
    /// - Throws: `NonFiniteEntry` if the query holds a NaN or an infinity.
    public func list(
        _ found: AttentionFinding, of query: [Float], into report: Report
    ) throws(NonFiniteEntry) {
        guard case .entmax(let alpha) = found.activation else {
            return index.report(try Query(query, threshold: found.threshold), into: report)
        }
        let reach = Entmax.reach(alpha)
        // Less than nothing would list twice where float32 rounded up.
        let remembered = found.largest - 1e-3 * reach
        _ = try index.reportNearLargest(within: reach, of: query, remembered: remembered, into: report)
    }

    /// Entmax's weights over a listed set that holds its support, parallel to it, and the score at which they begin.
    public func support(of report: Report, _ query: [Float], alpha: Double) -> Entmax.Solution {
        Entmax.solve(scores(of: report, query), alpha: alpha)
    }

    private func scores(of report: Report, _ query: [Float]) -> [Double] {
        query.withUnsafeBufferPointer { q in
            report.positions.map { Membership.score(q, index.store.key(Int($0))) }
        }
    }

    /// The share of a step's attention that each key of a listed set has, parallel to it; they sum to 1 unless the row is empty.
    public func shares(of report: Report, _ query: [Float], activation: Activation) -> [Float] {
        let scores = scores(of: report, query)
        var shares: [Float] = []
        _ = ScoreWeights.fill(&shares, scores: scores, activation: activation, threshold: report.threshold)
        return shares
    }

    /// The keys of a listed set to which entmax gives a weight, with their shares, and the score at which weights begin; nil for
    /// other activations, whose weights begin at the threshold of the report.
    public func support(
        of report: Report, _ query: [Float], activation: Activation
    ) -> (rows: [UInt32], shares: [Float], cut: Double)? {
        guard case .entmax(let alpha) = activation else { return nil }
        let scores = query.withUnsafeBufferPointer { q in
            report.positions.map { Membership.score(q, index.store.key(Int($0))) }
        }
        let solution = Entmax.solve(scores, alpha: alpha)
        let members = solution.weights.indices.filter { solution.weights[$0] > 0 }
        return (members.map { report.positions[$0] }, members.map { Float(solution.weights[$0]) }, solution.cut)
    }
}
