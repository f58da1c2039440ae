import HalfSpace

/// Before the first token is written, the prompt's last queries vote on which of its keys are kept.
///
/// Li, Huang, Yang, Venkitesh, Locatelli, Ye, Cai, Lewis, Chen, *SnapKV: LLM Knows What You are Looking for Before Generation*,
/// NeurIPS 2024, arXiv 2404.14469, with the parameters of its code: votes are the attention of the last 32 queries, averaged over
/// 5 neighbours. There every later key is kept as well; here the prompt's least voted key makes room for it, so that the
/// budget holds.
public final class SnapKV: CachePolicy {
    public static let card = PolicyCard(
        name: "SnapKV",
        source: "SnapKV: LLM Knows What You are Looking for Before Generation, Li et al., arXiv 2404.14469",
        words: "voted by the prompt's last queries", evicts: true)

    /// As in the published code.
    public static let windowSize = 32
    public static let kernelSize = 5

    private let store: KeyValueStore
    private let capacity: Int
    private let window: Int
    private let voters: Int
    /// Rows of the prompt before the window, the least voted last.
    private var voted: [UInt32]
    /// The window and what came later.
    private var newest: [UInt32]

    public init(_ start: PolicyStart) {
        store = start.store
        capacity = start.budget.rows(of: store)
        let n = store.count
        // Half of a cache that is too small for the published window.
        window = min(Self.windowSize, capacity < 2 * Self.windowSize ? capacity / 2 : Self.windowSize, n)
        let queries = start.queries.suffix(Self.windowSize)
        voters = queries.count
        let votes = Self.pooled(Self.votes(of: Array(queries), store: store, rows: n - window))
        // Where nobody votes the newest are kept.
        let order = votes.indices.sorted { votes[$0] != votes[$1] ? votes[$0] > votes[$1] : $0 > $1 }
        voted = order.prefix(max(0, capacity - window)).map(UInt32.init)
        newest = (n - window..<n).map(UInt32.init)
    }

    public var parameters: [(name: String, value: String)] {
        [
            ("max_capacity_prompt", String(capacity)), ("window_size", String(window)),
            ("kernel_size", String(Self.kernelSize)), ("pooling", "avgpool"), ("queries", String(voters)),
        ]
    }

    /// The attention that the queries give to the first rows, summed.
    private static func votes(of queries: [PromptQuery], store: KeyValueStore, rows: Int) -> [Double] {
        var votes = Array(repeating: 0.0, count: max(0, rows))
        for query in queries {
            let seen = Array(0..<UInt32(min(query.rows, store.count)))
            let shares = PolicyStep.softmax(Membership.scores(of: query.vector, rows: seen, in: store))
            for j in votes.indices where j < shares.count { votes[j] += shares[j] }
        }
        return votes
    }

    /// Means over neighbours, with zeros beyond the ends.
    private static func pooled(_ votes: [Double]) -> [Double] {
        let reach = kernelSize / 2
        return votes.indices.map { j in
            votes[max(0, j - reach)...min(votes.count - 1, j + reach)].reduce(0, +) / Double(kernelSize)
        }
    }

    public var kept: [UInt32]? { voted.sorted() + newest }

    public func take(row: Int) {
        newest.append(UInt32(row))
        while voted.count + newest.count > capacity {
            if voted.isEmpty { newest.removeFirst() } else { voted.removeLast() }
        }
    }

    public func read(_ step: PolicyStep) -> PolicyReading {
        let rows = voted + newest
        return PolicyReading(rows: rows, bytes: ReadBytes(rows: rows.count, of: store))
    }
}
