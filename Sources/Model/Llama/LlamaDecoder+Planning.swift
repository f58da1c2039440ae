import Attention
import HalfSpace

extension LlamaDecoder {
    /// What is known of the queries to come of the heads that share keys with one: the share of the keys that the rule asks for.
    public func hints(of head: Int) -> QueryHints {
        var hints = QueryHints(demand: StepDemand(.softmax, rule: rule.rule))
        let group = model.configuration.group
        let first = head / group * group
        let shares = (first..<first + group).compactMap(expectedShare)
        if !shares.isEmpty { hints.expectedShare = shares.reduce(0, +) / Double(shares.count) }
        return hints
    }

    /// The share of its keys that the rule asks for a head, as far as it is known: of a budget at once, else from the newest queries of
    /// the prompt. O(n·d + n log n) for each of those.
    private func expectedShare(of head: Int) -> Double? {
        let (cache, queries) = (heads[head], newestQueries[head])
        let n = cache.store.count
        guard n > 0 else { return nil }
        let kept: [Double]
        switch rule.rule {
        case .learned: return 1
        case .count: return Double(rule.budget.count(of: n)) / Double(n)
        case .error:
            let epsilon = rule.goal.epsilon
            kept = queries.map {
                switch rule.goal.basis {
                case .certified: Double(CertifiedBudget.kept($0, store: cache.store, epsilon: epsilon))
                case .measured: Double(MeasuredBudget.needed($0, store: cache.store, epsilon: epsilon))
                }
            }
        case .calibrated, .tight, .paper, .manual:
            let chooser = ThresholdChooser(settings: rule, activation: .softmax)
            kept = queries.compactMap { chooser.choose($0, over: cache.statistics).predicted }
        }
        return kept.isEmpty ? nil : kept.reduce(0, +) / Double(kept.count) / Double(n)
    }

    /// Under a rule that promises an error every key is better than some of them, so a head stays dense where its index would take as
    /// long: heads that look at many keys, beside sharp ones that need few.
    public func settle() {
        let (costs, names) = (MachineCosts.current, model.headShape)
        for head in 0..<names.count {
            let cache = heads[head]
            cache.staysDense = false
            guard rule.rule == .error, let index = cache.index, let share = expectedShare(of: head) else { continue }
            // Finding what suffices asks for up to twice as many keys as are kept.
            let hints = QueryHints(expectedShare: min(1, Self.asked * share), demand: .largest)
            let dense = StepWork.dense(StepShape(of: cache.store, hints: hints))
            guard let work = index.statistics.kind.expectedWork(over: cache.store, hints: hints) else { continue }
            cache.staysDense =
                costs.microseconds(of: work, .cold) >= Self.taking * costs.microseconds(of: dense, .cold)
        }
    }

    private static let (asked, taking) = (1.5, 0.9)
}
