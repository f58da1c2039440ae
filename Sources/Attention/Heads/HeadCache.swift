import HalfSpace

/// One attention head of a model under way: its growing keys and values, the index over them, and attention both ways.
///
/// A prompt is taken in at once (Algorithm 2 of arXiv 2410.10165), what follows step by step (Algorithm 1). Query heads may share
/// keys, values and index; then one thread at a time uses all of them, and one of them is told of new rows.
public final class HeadCache {
    private let shared: SharedKeys
    private var sparse: SparseAttention?
    private let dense: DenseAttention
    /// Of the `error` rule, made when it is asked for.
    private var certified: CertifiedBudget?
    private var measured = MeasuredBudget()
    /// The last query of ``attend(_:activation:threshold:into:)``: its threshold, and what an index found where one answered.
    private var last: (query: [Float], threshold: Double, found: AttentionFinding?) = ([], 0, nil)

    /// What query heads share.
    private final class SharedKeys {
        let store: KeyValueStore
        var statistics: KeyStatistics
        var index: ReportingIndex?
        /// Rows that the index was built over.
        var indexed = 0

        init(_ store: KeyValueStore) {
            self.store = store
            statistics = KeyStatistics(dimension: store.dimension)
        }
    }

    /// An empty cache with room for `capacity` rows.
    public init(dimension: Int, valueDimension: Int, capacity: Int) {
        shared = SharedKeys(
            KeyValueStore(dimension: dimension, valueDimension: valueDimension, capacity: capacity))
        dense = DenseAttention(store: shared.store)
    }

    /// Another query head over the keys and values of a cache.
    public init(sharing other: HeadCache) {
        shared = other.shared
        dense = DenseAttention(store: shared.store)
    }

    public var store: KeyValueStore { shared.store }
    /// What the threshold rules know of the keys.
    public var statistics: KeyStatistics { shared.statistics }
    /// nil until ``buildIndex(choice:hints:threads:progress:)``.
    public var index: ReportingIndex? { shared.index }

    /// Appends rows, row-major: those of a prompt, or the one of a step.
    /// - Throws: `NonFiniteEntry`.
    public func append(keys: [Float], values: [Float]) throws(NonFiniteEntry) {
        let first = store.count
        try store.append(keys: keys, values: values)
        for row in first..<store.count { shared.statistics.add(store.key(row)) }
        index?.extend()
    }

    /// Builds the index over the rows present; what comes later it takes in as it grows.
    /// - Throws: `IndexCannotServe`, or `CancellationError` from `progress`.
    public func buildIndex(
        choice: IndexChoice, hints: QueryHints, threads: Int = 1,
        progress: @escaping BuildProgress = { _ in }
    ) throws {
        let index = try ReportingIndex(
            store: store, choice: choice, hints: hints, threads: threads, progress: progress)
        shared.indexed = store.count
        shared.index = index
    }

    /// Whether the index that other heads share was built for this one as well.
    public func shares(indexOf other: HeadCache) -> Bool { shared === other.shared }

    /// Forgets every row from `length` on; the index goes with what it was built over.
    public func truncate(to length: Int, statistics: KeyStatistics) {
        if length < shared.indexed { shared.index = nil }
        index?.truncate(to: length)
        store.truncate(to: length)
        shared.statistics = statistics
    }

    /// Attention through the index, made anew when that is another one.
    private var reporting: SparseAttention? {
        guard let index else { return nil }
        if let sparse, sparse.index === index { return sparse }
        sparse = SparseAttention(index: index)
        certified = nil
        return sparse
    }

    /// Attention of one query over the keys that the index reports, or over all of them where there is none yet.
    /// - Throws: `NonFiniteEntry`.
    public func attend(
        _ query: [Float], activation: Activation, threshold: ChosenThreshold,
        into output: AttentionOutput
    ) throws(NonFiniteEntry) {
        guard let sparse = reporting, threshold.value > -.infinity || threshold.keepLargest != nil
        else {
            last = (query, threshold.value, nil)
            return attendDensely(query, activation: activation, threshold: threshold.value, into: output)
        }
        let found = try sparse.attend(query, activation: activation, threshold: threshold, into: output)
        last = (query, found.threshold, found)
    }

    /// Softmax attention of one query over the keys that a rule reports; finding what the `error` rule needs is part of it.
    /// - Throws: `NonFiniteEntry`.
    public func attend(
        _ query: [Float], rule: ThresholdSettings, into output: AttentionOutput
    ) throws(NonFiniteEntry) {
        guard rule.rule != .learned else {
            return try attend(
                query, activation: .softmax, threshold: ChosenThreshold(value: -.infinity), into: output)
        }
        var chosen = ThresholdChooser(settings: rule, activation: .softmax).choose(
            query, over: statistics)
        if rule.rule == .error, reporting != nil, let index {
            switch rule.goal.basis {
            case .certified:
                let budget = certified ?? CertifiedBudget(index: index)
                certified = budget
                chosen = ChosenThreshold(
                    value: try budget.choose(query, epsilon: rule.goal.epsilon).threshold)
            case .measured: chosen.keepLargest = measured.budget(of: store.count)
            }
        }
        try attend(query, activation: .softmax, threshold: chosen, into: output)
    }

    /// Learns from the last query what the `error` rule that measures needs; O(n·(d + dv) + n log n).
    public func learn(_ rule: ThresholdSettings) {
        guard rule.rule == .error, rule.goal.basis == .measured, !last.query.isEmpty else { return }
        measured.note(
            last.query, store: store, epsilon: rule.goal.epsilon, valueNorm: ValueNorm(of: store).value)
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
        guard let sparse = reporting, let found = last.found else { return ([], []) }
        let report = Report()
        try sparse.list(found, of: last.query, into: report)
        let shares = sparse.shares(of: report, last.query, activation: found.activation)
        let order = report.positions.indices.sorted { report.positions[$0] < report.positions[$1] }
        return (order.map { report.positions[$0] }, order.map { shares[$0] })
    }
}
