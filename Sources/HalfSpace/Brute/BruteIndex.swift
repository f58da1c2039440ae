import CKernels

/// The scan: every key is scored, values are read of the members alone; O(n·d) a query, no memory of its own.
public final class BruteIndex: StaticIndex {
    public static let description = IndexDescription(
        name: "brute", summary: "a scan of every key", dimensions: 1...Int.max,
        search: .everyKey(reading: "This index scores every key."))

    public let rows: Range<Int>
    private let store: KeyValueStore

    /// Nothing is built.
    public init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws
    {
        self.store = store
        self.rows = rows
    }

    public var bytes: Int { 0 }

    public func driver(in memory: StepMemory) -> ck_part {
        let range = ck_row_range(rows: store.kernelRows, first: rows.lowerBound, last: rows.upperBound)
        return ck_part(find: ck_find_scan, index: memory.keep(range), lists_values: 1, traces: 0)
    }
}

extension IndexKind {
    /// The scan of every key.
    public static let brute = BruteIndex.kind
}
