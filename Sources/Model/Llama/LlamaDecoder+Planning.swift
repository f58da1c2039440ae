import Attention
import HalfSpace

extension LlamaDecoder {
    /// What is known of the queries to come of the heads that share keys with one: the share of the keys that the rule asks for.
    public func hints(of head: Int) -> QueryHints {
        var hints = QueryHints(demand: StepDemand(.softmax, rule: rule.rule))
        let group = model.configuration.group
        hints.sharing = group
        hints.looks = headTeam.heads(aPieceOf: head % model.configuration.heads / group)
        hints.keepsToSet = true
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
        // What is measured is kept for the hardest of the last queries.
        if rule.rule == .error, rule.goal.basis == .measured { return kept.max().map { $0 / Double(n) } }
        return kept.isEmpty ? nil : kept.reduce(0, +) / Double(kept.count) / Double(n)
    }

    /// Under a rule that promises an error every key is better than some of them, so a head stays dense where its index would take as
    /// long: heads that look at many keys, beside sharp ones that need few. Heads that share keys all stay dense where reading those
    /// once for all takes no longer.
    public func settle() {
        let group = model.configuration.group
        for first in stride(from: 0, to: heads.count, by: group) {
            let mine = Array(heads[first..<first + group])
            for cache in mine { cache.staysDense = false }
            guard rule.rule == .error else { continue }
            let plans = (first..<first + group).map(plan)
            for (cache, plan) in zip(mine, plans) { cache.staysDense = plan.index >= Self.taking * plan.dense }
            let apart = plans.reduce(0) { $0 + min($1.index, $1.dense) }
            if apart >= Self.taking * plans.reduce(0, { $0 + $1.shared }) {
                for cache in mine { cache.staysDense = true }
            }
        }
    }

    /// What a step of a head is expected to take, in microseconds: through its index, over every key, and over every key where all heads
    /// of its set read them together.
    private func plan(of head: Int) -> (index: Double, dense: Double, shared: Double) {
        let (costs, cache) = (MachineCosts.current, heads[head])
        guard let index = cache.index, let share = expectedShare(of: head) else { return (0, .infinity, .infinity) }
        // Finding what suffices asks for up to twice as many keys as are kept.
        var hints = QueryHints(expectedShare: min(1, Self.asked * share), demand: .largest)
        guard var work = index.statistics.kind.expectedWork(over: cache.store, hints: hints) else {
            return (0, .infinity, .infinity)
        }
        if rule.goal.basis == .certified { work.phases.append(certificate(of: hints, over: cache.store)) }
        func dense() -> Double {
            costs.microseconds(of: StepWork.dense(StepShape(of: cache.store, hints: hints)), .cold)
        }
        let alone = dense()
        hints.sharing = model.configuration.group
        return (costs.microseconds(of: work, .cold), alone, dense())
    }

    /// What the certificate adds to a step: each key that is asked for is scored by the definition, ordered and weighed in float64.
    private func certificate(of hints: QueryHints, over store: KeyValueStore) -> StepWork.Phase {
        let count = (hints.expectedShare ?? 1) * Double(store.count)
        return StepWork.Phase(
            "certificate", products: Self.exactProducts * count * Double(store.dimension),
            exponentials: Self.orderedExponentials * count)
    }

    private static let (asked, taking) = (1.5, 0.9)
    /// What one product in float64, in order, and what ordering and weighing a key take, in products and exponentials of a kernel.
    private static let (exactProducts, orderedExponentials) = (16.0, 300.0)
}
