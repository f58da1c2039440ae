import Attention
import HalfSpace

/// Some policies over one growing cache, all at the same budget. One thread uses it.
public final class PolicyRun {
    public let store: KeyValueStore
    public let budget: PolicyBudget
    public let kinds: [PolicyKind]
    private let policies: [any CachePolicy]
    private let oracle: OracleTopR
    private let referee: Referee
    private var number = 0

    /// Lets each take in the prompt: the rows that the store holds now.
    /// - Parameters:
    ///   - store: With room for the rows to come.
    ///   - queries: The prompt's last queries, oldest first.
    ///   - progress: Told the name of what is built; may throw to end it.
    /// - Throws: what building an index or `progress` throws.
    public init(
        store: KeyValueStore, queries: [PromptQuery], budget: PolicyBudget, kinds: [PolicyKind] = PolicyKind.allCases,
        seed: UInt64 = 1, progress: (String) throws -> Void = { _ in }
    ) throws {
        self.store = store
        self.budget = budget
        self.kinds = kinds
        let start = PolicyStart(store: store, queries: queries, budget: budget, seed: seed)
        policies = try kinds.map { kind in
            try progress(kind.name)
            return try kind.type.init(start)
        }
        oracle = OracleTopR(start)
        referee = Referee(store: store)
    }

    /// The parameters of a policy, named as in its publication.
    public func parameters(of kind: PolicyKind) -> [(name: String, value: String)] {
        kinds.firstIndex(of: kind).map { policies[$0].parameters } ?? []
    }

    /// A key and its value come.
    /// - Throws: `NonFiniteEntry`.
    public func append(key: [Float], value: [Float]) throws {
        try store.append(keys: key, values: value)
        for policy in policies { try policy.take(row: store.count - 1) }
    }

    /// Every policy reads for a query, and is judged; O(n·(d + dv) + n log n) and what the policies take.
    public func compare(_ query: [Float]) throws -> PolicyComparison {
        let step = nextStep(query)
        let best = oracle.read(step).rows
        let set = Set(best)
        referee.attend(query, activation: .softmax, threshold: -.infinity)
        let outcomes = try zip(kinds, policies).map { kind, policy in
            PolicyOutcome(kind, policy, try policy.read(step), oracle: set, step, whole: referee)
        }
        return PolicyComparison(n: store.count, budget: budget, oracle: best.sorted(), outcomes: outcomes)
    }

    /// A query of which no one looks at the answers: those that learn from queries see it.
    public func pass(_ query: [Float]) throws {
        let step = nextStep(query)
        for policy in policies where type(of: policy).learns { _ = try policy.read(step) }
    }

    private func nextStep(_ query: [Float]) -> PolicyStep {
        defer { number += 1 }
        return PolicyStep(query, store: store, number: number)
    }
}
