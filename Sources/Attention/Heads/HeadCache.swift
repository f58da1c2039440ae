import HalfSpace

/// One attention head of a model under way: its growing keys and values, the index over them, and attention both ways.
///
/// A prompt is taken in at once (Algorithm 2 of arXiv 2410.10165), what follows step by step (Algorithm 1). One thread owns it.
public final class HeadCache {
    public let store: KeyValueStore
    /// What the threshold rules know of the keys.
    public private(set) var statistics: KeyStatistics
    /// nil until ``buildIndex(choice:hints:threads:progress:)``.
    public private(set) var index: ReportingIndex?
    private var sparse: SparseAttention?
    private let dense: DenseAttention
    private var indexed = 0
    /// The last query of ``attend(_:activation:threshold:into:)``: its threshold, and what an index found where one answered.
    private var last: (query: [Float], threshold: Double, found: AttentionFinding?) = ([], 0, nil)

    /// An empty cache with room for `capacity` rows.
    public init(dimension: Int, valueDimension: Int, capacity: Int) {
        store = KeyValueStore(dimension: dimension, valueDimension: valueDimension, capacity: capacity)
        statistics = KeyStatistics(dimension: dimension)
        dense = DenseAttention(store: store)
    }

    /// Appends rows, row-major: those of a prompt, or the one of a step.
    /// - Throws: `NonFiniteEntry`.
    public func append(keys: [Float], values: [Float]) throws(NonFiniteEntry) {
        let first = store.count
        try store.append(keys: keys, values: values)
        for row in first..<store.count { statistics.add(store.key(row)) }
        index?.extend()
    }

    /// Builds the index over the rows present; what comes later it takes in as it grows.
    /// - Throws: `IndexCannotServe`, or `CancellationError` from `progress`.
    public func buildIndex(
        choice: IndexChoice, hints: QueryHints, threads: Int = 1, progress: @escaping BuildProgress = { _ in }
    ) throws {
        let index = try ReportingIndex(
            store: store, choice: choice, hints: hints, threads: threads, progress: progress)
        indexed = store.count
        self.index = index
        sparse = SparseAttention(index: index)
    }

    /// Forgets every row from `length` on; the index goes with what it was built over.
    public func truncate(to length: Int, statistics: KeyStatistics) {
        if length < indexed {
            index = nil
            sparse = nil
        }
        index?.truncate(to: length)
        store.truncate(to: length)
        self.statistics = statistics
    }

    /// Attention of one query over the keys that the index reports, or over all of them where there is none yet.
    /// - Throws: `NonFiniteEntry`.
    public func attend(
        _ query: [Float], activation: Activation, threshold: ChosenThreshold, into output: AttentionOutput
    ) throws(NonFiniteEntry) {
        guard let sparse, threshold.value > -.infinity || threshold.keepLargest != nil else {
            last = (query, threshold.value, nil)
            return attendDensely(query, activation: activation, threshold: threshold.value, into: output)
        }
        let found = try sparse.attend(query, activation: activation, threshold: threshold, into: output)
        last = (query, found.threshold, found)
    }

    /// The same over every key, as naive attention computes it.
    public func attendDensely(
        _ query: [Float], activation: Activation, threshold: Double, into output: AttentionOutput
    ) {
        dense.attend(query, activation: activation, threshold: threshold, into: output)
    }

    /// The score threshold of the last query of ``attend(_:activation:threshold:into:)``.
    public var threshold: Double { last.threshold }

    /// Keys that the last query of ``attend(_:activation:threshold:into:)`` had reported; all where everything was read.
    public var reported: Int { last.found?.count ?? store.count }

    /// The positions that the last query reported, ascending, and the share of its attention that each has.
    public func entries() throws(NonFiniteEntry) -> (positions: [UInt32], shares: [Float]) {
        guard let sparse, let found = last.found else { return ([], []) }
        let report = Report()
        try sparse.list(found, of: last.query, into: report)
        let shares = sparse.shares(of: report, last.query, activation: found.activation)
        let order = report.positions.indices.sorted { report.positions[$0] < report.positions[$1] }
        return (order.map { report.positions[$0] }, order.map { shares[$0] })
    }
}
