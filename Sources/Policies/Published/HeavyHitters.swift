import HalfSpace

/// The keys that have had most attention so far, and the newest ones; when a key comes, the one with least goes.
///
/// Zhang, Sheng, Zhou, Chen, Zheng, Cai, Song, Tian, Ré, Barrett, Wang, Chen, *H2O: Heavy-Hitter Oracle for Efficient Generative
/// Inference of Large Language Models*, NeurIPS 2023, arXiv 2306.14048. Half of the cache are heavy hitters, half the newest keys.
/// Sums run over the attention of the prompt's queries, as far as they are known, and then over that of each query among the keys
/// that are kept.
public final class HeavyHitters: CachePolicy {
    public static let card = PolicyCard(
        name: "H2O",
        source: "H2O: Heavy-Hitter Oracle for Efficient Generative Inference of LLMs, Zhang et al., arXiv 2306.14048",
        words: "most attended so far, and the newest", evicts: true)
    public static let learns = true

    private let store: KeyValueStore
    private let capacity: Int
    private let hitters: Int
    private let recent: Int
    /// Ascending.
    private var rows: [UInt32]
    /// The attention that each row had, by position; that of evicted rows is of no use any more.
    private(set) var sums: [Double]

    /// A sum is kept with each row.
    private static let perRow = MemoryLayout<Float>.size

    public init(_ start: PolicyStart) {
        store = start.store
        capacity = start.budget.rows(of: store, each: Self.perRow)
        hitters = capacity / 2
        recent = capacity - hitters
        let n = store.count
        rows = Array(0..<UInt32(n))
        sums = Array(repeating: 0, count: n)
        for query in start.queries {
            let seen = Array(0..<UInt32(min(query.rows, n)))
            let shares = PolicyStep.softmax(Membership.scores(of: query.vector, rows: seen, in: store))
            for j in shares.indices { sums[j] += shares[j] }
        }
        guard n > capacity else { return }
        let older = (0..<n - recent).sorted { sums[$0] != sums[$1] ? sums[$0] > sums[$1] : $0 < $1 }
        rows = older.prefix(hitters).sorted().map(UInt32.init) + (n - recent..<n).map(UInt32.init)
    }

    public var parameters: [(name: String, value: String)] {
        [("hh_size", String(hitters)), ("recent_size", String(recent))]
    }

    public var kept: [UInt32]? { rows }

    public func take(row: Int) {
        rows.append(UInt32(row))
        sums.append(0)
        while rows.count > capacity {
            let older = rows.dropLast(recent).indices
            guard let least = older.min(by: { sums[Int(rows[$0])] < sums[Int(rows[$1])] }) ?? rows.indices.first else {
                return
            }
            rows.remove(at: least)
        }
    }

    public func read(_ step: PolicyStep) -> PolicyReading {
        let shares = PolicyStep.softmax(step.scores(of: rows))
        for (row, share) in zip(rows, shares) { sums[Int(row)] += share }
        return PolicyReading(
            rows: rows, bytes: ReadBytes(rows: rows.count, of: store, metadata: rows.count * Self.perRow))
    }
}
