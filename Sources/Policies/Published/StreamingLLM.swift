import HalfSpace

/// The first few keys and the newest ones; all between them are evicted.
///
/// Xiao, Tian, Chen, Han, Lewis, *Efficient Streaming Language Models with Attention Sinks*, ICLR 2024, arXiv 2309.17453. There
/// positions are counted anew within the cache; keys here come with their positions applied, and keep them.
public final class StreamingLLM: CachePolicy {
    public static let card = PolicyCard(
        name: "StreamingLLM",
        source: "Efficient Streaming Language Models with Attention Sinks, Xiao et al., arXiv 2309.17453",
        words: "4 sinks and the newest keys", evicts: true)

    /// Sinks, as published.
    public static let startSize = 4

    private let capacity: Int
    private let sinks: Int
    private let store: KeyValueStore
    /// The first row of the window that can still be read: it never moves back.
    private var windowStart = 0

    public init(_ start: PolicyStart) {
        store = start.store
        capacity = start.budget.rows(of: store)
        sinks = min(Self.startSize, capacity)
        slide()
    }

    public var parameters: [(name: String, value: String)] {
        [("start_size", String(sinks)), ("recent_size", String(capacity - sinks))]
    }

    public func take(row: Int) { slide() }

    private func slide() { windowStart = max(windowStart, store.count - (capacity - sinks)) }

    public var kept: [UInt32]? {
        let n = store.count
        let first = min(sinks, n)
        return Array(0..<UInt32(first)) + (max(first, windowStart)..<n).map(UInt32.init)
    }

    public func read(_ step: PolicyStep) -> PolicyReading {
        let rows = kept ?? []
        return PolicyReading(rows: rows, bytes: ReadBytes(rows: rows.count, of: store))
    }
}
