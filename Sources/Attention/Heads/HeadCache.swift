import Foundation
import HalfSpace
import Measurement

/// One attention head of a model under way: its growing keys and values, the index over them, and attention both ways.
///
/// A prompt is taken in at once (Algorithm 2 of arXiv 2410.10165), what follows step by step (Algorithm 1). Query heads may share
/// keys, values and index; one of them is told of new rows. Once they were told, ``attend(_:rule:into:)`` may be called side by side
/// on those that say so (``isAskedBesideOthers``), and nothing else.
public final class HeadCache {
    private let shared: SharedKeys
    private var sparse: SparseAttention?
    private lazy var dense = DenseAttention(store: shared.store)
    /// Of the `error` rule, made when it is asked for.
    private var certified: CertifiedBudget?
    /// Whether the head reads every key although its rule would leave some out, since finding those takes longer.
    public var staysDense = false
    /// Whether ``attend(_:rule:into:)`` may be called while another head that shares the index is asked: then the head has a plan of its
    /// own for the kernel's call.
    public var isAskedBesideOthers: Bool { piece != nil }
    /// The heads that one thread asks, of several threads that ask heads over the same keys; nil: one asks them all.
    var piece: PieceOfHeads? { didSet { if piece !== oldValue { sparse = nil } } }
    /// Whether softmax takes the keys that were left out by their cells' means (``LeafMeanResidual``).
    public var takesResidual = false
    private var measured = MeasuredBudget()
    /// Who reads for this head in place of any rule; nil: nobody.
    public var reader: (any HeadReader)?
    /// The last query of ``attend(_:activation:threshold:into:)``: its threshold, and what an index found where one answered.
    private var last: (query: [Float], threshold: Double, found: AttentionFinding?) = ([], 0, nil)

    /// What query heads share.
    private final class SharedKeys {
        let store: KeyValueStore
        /// Of the rows that were asked for so far.
        private var known: KeyStatistics
        var index: ReportingIndex?
        /// Rows that the index was built over.
        var indexed = 0
        /// Of several heads one at a time asks the index itself.
        let lock = NSLock()
        var partition: MedianPartition?

        init(_ store: KeyValueStore) {
            self.store = store
            known = KeyStatistics(of: store, rows: 0..<store.count)
        }

        /// Of all rows. Where none came since it was brought there, threads may ask side by side.
        var statistics: KeyStatistics {
            get {
                bringStatistics()
                return known
            }
            set { known = newValue }
        }

        func bringStatistics() {
            for row in min(known.count, store.count)..<store.count { known.add(store.key(row)) }
        }
    }

    /// An empty cache with room for `capacity` rows.
    public init(dimension: Int, valueDimension: Int, capacity: Int, format: NumberFormat = .float32) {
        shared = SharedKeys(
            KeyValueStore(dimension: dimension, valueDimension: valueDimension, capacity: capacity, format: format))
    }

    /// A cache of the rows that a store holds; what is appended goes there.
    public init(over store: KeyValueStore) { shared = SharedKeys(store) }

    /// Another query head over the keys and values of a cache.
    public init(sharing other: HeadCache) {
        shared = other.shared
    }

    public var store: KeyValueStore { shared.store }
    /// What the threshold rules know of the keys.
    public var statistics: KeyStatistics { shared.statistics }
    /// nil until ``buildIndex(choice:hints:threads:progress:)``.
    public var index: ReportingIndex? { shared.index }

    /// Appends rows, row-major: those of a prompt, or the one of a step.
    /// - Throws: `NonFiniteEntry`.
    public func append(keys: [Float], values: [Float]) throws(NonFiniteEntry) {
        try store.append(keys: keys, values: values)
        takeIn(rulesAsk: true)
    }

    /// Appends a row and leaves it at that: ``takeIn(rulesAsk:)`` follows before a query.
    /// - Throws: `NonFiniteEntry`.
    func appendRow(key: [Float], value: [Float]) throws(NonFiniteEntry) { try store.append(keys: key, values: value) }

    /// Brings the index to the rows present.
    /// - Parameter rulesAsk: Whether what the rules know of the keys is brought there as well. Else it follows when it is asked for,
    ///   by one thread.
    func takeIn(rulesAsk: Bool) {
        index?.extend()
        if rulesAsk { shared.bringStatistics() }
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
        if let cells = shared.partition, cells.rows.upperBound > length { shared.partition = nil }
        shared.statistics = statistics
    }

    /// Attention through the index, made anew when that is another one.
    private var reporting: SparseAttention? {
        guard let index else { return nil }
        if let sparse, sparse.index === index { return sparse }
        sparse = SparseAttention(index: index, plan: piece?.plan(over: store))
        certified = nil
        return sparse
    }

    /// Keys of a cell of the residual, and the share by which keys grow before cells are cut anew.
    private static let (cell, growth) = (32, 8)

    /// The cells of the keys for the residual; those that came since the last cut are one more cell.
    private func cells() -> MedianPartition {
        if let cells = shared.partition, store.count - cells.rows.count <= cells.rows.count / Self.growth + Self.cell {
            return cells
        }
        let cells = MedianPartition(store: store, rows: 0..<store.count, leaf: Self.cell)
        shared.partition = cells
        return cells
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
        sparse.bring()
        if !takesResidual,
            let found = sparse.attendByKernel(query, activation: activation, threshold: threshold, into: output)
        {
            last = (query, found.threshold, found)
            return
        }
        shared.lock.lock()
        defer { shared.lock.unlock() }
        if takesResidual, activation == .softmax {
            sparse.residual = sparse.residual ?? LeafMeanResidual(partition: cells())
            sparse.residual?.partition = cells()
        } else {
            sparse.residual = nil
        }
        let found = try sparse.attend(query, activation: activation, threshold: threshold, into: output)
        last = (query, found.threshold, found)
    }

    /// Asks heads that share keys and their index, one after the other. Their queries are looked for ahead, in one reading as far as the
    /// index can: each call of ``attend(_:activation:threshold:into:)`` then goes on from there.
    /// - Parameters:
    ///   - asked: The query and the threshold of a head by its number in `heads`; nil where it is not to be looked for.
    ///   - attend: Asks a head by its number.
    /// - Returns: What looking took, in seconds.
    static func attendTogether(
        _ heads: ArraySlice<HeadCache>, activation: Activation,
        asked: (Int) -> (query: [Float], threshold: ChosenThreshold)?, attend: (Int) -> Void
    ) -> Double {
        let watch = Stopwatch()
        let first = heads.first?.reporting
        first?.bring()
        guard let first, first.canLook else {
            for i in heads.indices { attend(i) }
            return 0
        }
        for i in heads.indices {
            guard let (query, threshold) = asked(i), !heads[i].takesResidual, let one = heads[i].reporting else {
                continue
            }
            first.expect(query, of: one, activation: activation, threshold: threshold)
        }
        first.look()
        defer { first.endLook() }
        let seconds = watch.seconds
        for i in heads.indices { attend(i) }
        return seconds
    }

    /// Softmax attention of one query over the keys that a rule reports; finding what the `error` rule needs is part of it.
    /// - Throws: `NonFiniteEntry`.
    public func attend(
        _ query: [Float], rule: ThresholdSettings, into output: AttentionOutput
    ) throws(NonFiniteEntry) {
        if let reader {
            last = (query, -.infinity, nil)
            return reader.attend(query, over: store, into: output)
        }
        try attend(query, activation: .softmax, threshold: try choose(query, rule: rule), into: output)
    }

    /// The threshold of a query under a rule of softmax, -∞ where the head reads every key.
    /// - Throws: `NonFiniteEntry`.
    func choose(_ query: [Float], rule: ThresholdSettings) throws(NonFiniteEntry) -> ChosenThreshold {
        guard rule.rule != .learned, !staysDense else { return ChosenThreshold(value: -.infinity) }
        var chosen = ThresholdChooser(settings: rule, activation: .softmax).choose(
            query, over: statistics)
        if rule.rule == .error, reporting != nil, let index {
            switch rule.goal.basis {
            case .certified:
                let budget = certified ?? CertifiedBudget(index: index)
                certified = budget
                shared.lock.lock()
                defer { shared.lock.unlock() }
                chosen = ChosenThreshold(
                    value: try budget.choose(query, epsilon: rule.goal.epsilon).threshold)
            case .measured: chosen.keepLargest = measured.budget(of: store.count)
            }
        }
        return chosen
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

    /// `ln Σ exp(s)` over the keys that the last query reported; nil where everything was read.
    public var reportedMass: Double? { last.found.flatMap { $0.isDense ? nil : $0.logNormaliser } }

    /// Whether the last query read every key, as dense attention does.
    public var readEverything: Bool { last.found?.isDense ?? true }

    /// What the last query found; nil where everything was read.
    public var found: AttentionFinding? { last.found.flatMap { $0.isDense ? nil : $0 } }

    /// Lists the set of the last query outside of its time.
    /// - Returns: What it found; nil where everything was read, so that there is no set.
    public func lists(into report: Report) throws(NonFiniteEntry) -> AttentionFinding? {
        guard let sparse = reporting, let found else { return nil }
        try sparse.list(found, of: last.query, into: report)
        return found
    }

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
