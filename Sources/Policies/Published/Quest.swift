import HalfSpace

/// Pages of 16 keys with the least and the largest entry of each dimension: the pages that may hold the largest score are read.
///
/// Tang, Zhao, Zhu, Xiao, Kasikci, Han, *Quest: Query-Aware Sparsity for Efficient Long-Context LLM Inference*, ICML 2024,
/// arXiv 2406.10774. There the first two layers of a model are left whole; here every head is judged for itself.
public final class Quest: CachePolicy {
    public static let card = PolicyCard(
        name: "Quest",
        source: "Quest: Query-Aware Sparsity for Efficient Long-Context LLM Inference, Tang et al., arXiv 2406.10774",
        words: "pages of 16 by their bounds")

    public static let pageSize = 16

    private let store: KeyValueStore
    private let budget: PolicyBudget
    /// Of page p and dimension t, at p·d + t.
    private var least: [Float] = []
    private var largest: [Float] = []

    public init(_ start: PolicyStart) {
        (store, budget) = (start.store, start.budget)
        for row in 0..<store.count { take(row: row) }
    }

    public var parameters: [(name: String, value: String)] {
        [("page_size", String(Self.pageSize)), ("token_budget", String(budget.rows(of: store, beside: metadata)))]
    }

    private var pages: Int { least.count / store.dimension }
    private var metadata: Int { pages * 2 * store.dimension * MemoryLayout<Float>.size }

    public func take(row: Int) {
        let key = store.key(row)
        guard row % Self.pageSize != 0 else {
            least += key
            largest += key
            return
        }
        let first = row / Self.pageSize * key.count
        for t in key.indices {
            least[first + t] = min(least[first + t], key[t])
            largest[first + t] = max(largest[first + t], key[t])
        }
    }

    /// A score that no key of a page exceeds: `Σ max(q_t·least_t, q_t·largest_t) / √d`, in float64 and in order. Rounding is
    /// monotone, so the bound holds to the last bit.
    func bound(page: Int, _ query: [Float]) -> Double {
        let d = query.count
        var sum = 0.0
        for t in 0..<d {
            let q = Double(query[t])
            sum += max(q * Double(least[page * d + t]), q * Double(largest[page * d + t]))
        }
        return sum / Double(d).squareRoot()
    }

    public func read(_ step: PolicyStep) -> PolicyReading {
        let room = budget.rows(of: store, beside: metadata)
        guard room >= min(Self.pageSize, store.count) else {
            return .unaffordable(least: metadata + Self.pageSize * PolicyBudget.rowBytes(store))
        }
        let bounds = (0..<pages).map { bound(page: $0, step.query) }
        let order = bounds.indices.sorted { bounds[$0] != bounds[$1] ? bounds[$0] > bounds[$1] : $0 < $1 }
        var rows: [UInt32] = []
        for page in order {
            let span = page * Self.pageSize..<min((page + 1) * Self.pageSize, store.count)
            guard rows.count + span.count <= room else { break }
            rows += span.map(UInt32.init)
        }
        return PolicyReading(rows: rows, bytes: ReadBytes(rows: rows.count, of: store, metadata: metadata))
    }
}
