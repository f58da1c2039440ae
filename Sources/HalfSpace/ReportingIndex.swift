import CKernels
import Measurement

/// The reporter that the engine uses: an exact index over a store that grows by a key at each decode step.
///
/// It answers for every row of the store that it was told of. One thread owns it.
public final class ReportingIndex {
    public let store: KeyValueStore
    public let choice: IndexChoice
    var base: any StaticIndex { prompt.index }
    private let prompt: PreparedIndex
    let grown: GrowingBlocks
    let sample: KeySample
    private var plan: Plan
    /// Whether a step should be computed as dense attention computes it: no index pays for these keys.
    public var answersDensely: Bool { plan.answersDensely }
    /// The parts as the kernels take them; up to date after every call here.
    package let stepPlan: StepPlan
    /// What the plan is made of: the prompt's index and the blocks that came after it. The newest rows are scanned.
    private(set) var parts: [PreparedIndex] = []
    private var plannedArrangement = 0
    /// Goes up whenever ``stepPlan`` is told of other parts.
    private var planned = 0
    private let initSeconds: Double

    /// Builds over the rows present.
    /// - Throws: ``IndexCannotServe``, or `CancellationError` from `progress`.
    public init(
        store: KeyValueStore, choice: IndexChoice, hints: QueryHints = QueryHints(), threads: Int = 1,
        progress: @escaping BuildProgress = { _ in }
    ) throws {
        self.store = store
        self.choice = choice
        let watch = Stopwatch()
        let built: any StaticIndex
        (built, plan) = try Self.build(choice, store: store, hints: hints, threads: threads, progress: progress)
        prompt = PreparedIndex(built)
        let kind = type(of: built).kind
        sample = KeySample(of: store)
        initSeconds = watch.seconds
        grown = GrowingBlocks(store: store, start: store.count, isScan: kind == .brute) { rows, progress in
            do {
                return try kind.type.growsBy.type.init(
                    store: store, rows: rows, hints: hints, threads: 1, progress: progress)
            } catch is IndexCannotServe {
                return try BruteIndex(store: store, rows: rows, progress: progress)
            }
        }
        stepPlan = StepPlan(store: store)
        planStep()
    }

    /// Tells the kernels what there is now.
    private func planStep() {
        let replaced = parts
        parts = [prompt] + grown.blocks
        stepPlan.set(parts, isDense: plan.answersDensely)
        stepPlan.move(tail: grown.tailRows)
        plannedArrangement = grown.arrangements
        planned += 1
        BackgroundBuild.release(replaced)
    }

    /// Brings a plan that another thread asks, beside this index's own, to what there is now. Rows are added and plans brought up
    /// while nobody asks; then each plan may be asked by a thread of its own.
    package func bring(_ plan: StepPlan) {
        if plan.arrangement != planned {
            plan.adopt(parts, isDense: self.plan.answersDensely)
            plan.arrangement = planned
        }
        plan.move(tail: grown.tailRows)
    }

    /// The index that was asked for, or the planner's; where the planner's cannot serve, the scan.
    private static func build(
        _ choice: IndexChoice, store: KeyValueStore, hints: QueryHints, threads: Int, progress: BuildProgress
    ) throws -> (any StaticIndex, Plan) {
        func made(_ kind: IndexKind) throws -> any StaticIndex {
            try kind.type.init(
                store: store, rows: 0..<store.count, hints: hints, threads: threads, progress: progress)
        }
        if case .fixed(let kind) = choice {
            return (try made(kind), Plan(kind: kind, answersDensely: false, reason: "as asked for", expected: nil))
        }
        let planner = Planner(store: store, hints: hints)
        var refused: Set<IndexKind> = []
        while true {
            let plan = planner.plan(without: refused)
            do {
                return (try made(plan.kind), plan)
            } catch let refusal as IndexCannotServe {
                guard refused.insert(plan.kind).inserted else { throw refusal }
            }
        }
    }

    /// Lets `auto` think again, now that other queries are to come: to use the index that is built, or to read everything.
    /// - Returns: whether none is built and one would pay; O(1) beside a few milliseconds for a sample.
    public func reconsider(_ hints: QueryHints) -> Bool {
        guard choice == .auto else { return false }
        let planner = Planner(store: store, hints: hints)
        let built = type(of: base).kind
        let isInUse = !plan.answersDensely && built != .brute
        let wanted = planner.plan(
            without: built == .brute ? [] : Set(IndexKind.allCases).subtracting([built]), inUse: isInUse ? built : nil)
        if wanted.kind != built && built == .brute { return true }
        plan = wanted
        planStep()
        return false
    }

    /// Takes in the rows that the store gained since the last call: a comparison, and now and then the start or the end of
    /// a merge that runs on another thread. Amortised O(log n) builds a key, no pause.
    public func extend() {
        grown.extend()
        if plannedArrangement != grown.arrangements { return planStep() }
        stepPlan.move(tail: grown.tailRows)
    }

    /// Whether a merge that is due is waited for. Then the work of a query depends on the rows alone, and never on how
    /// busy the machine was; a step may pause.
    public var waitsForMerges: Bool {
        get { grown.waitsForBuilds }
        set { grown.waitsForBuilds = newValue }
    }

    /// Forgets every row from `length` on (the store is truncated next); the prompt's index is kept. Merges under way are
    /// stopped first.
    public func truncate(to length: Int) {
        grown.truncate(to: length)
        planStep()
    }

    /// The rows of each part, and whether its driver notes what it meets.
    var partRows: [(rows: Range<Int>, traces: Bool)] {
        parts.map { ($0.rows, $0.part.traces != 0) } + [(grown.tailRows, false)]
    }

    /// What answers where a driver refuses.
    private var exactScan: ExactScan { ExactScan(store: store, rows: 0..<grown.end) }

    /// Exactly the keys of the half-space.
    public func report(_ query: Query, into report: Report) {
        report.clear(threshold: query.threshold)
        let trace = report.isTraced ? Trace(count: grown.end) : nil
        if stepPlan.list(query, trace: trace, into: report) {
            if let trace { complete(trace, of: report, isAnswered: true) }
        } else {
            exactScan.list(query, into: report)
            if report.isTraced { complete(Trace(count: grown.end), of: report, isAnswered: false) }
        }
    }

    /// How many keys the half-space holds.
    public func count(_ query: Query) -> Int { stepPlan.count(query) ?? exactScan.count(query) }

    /// `Σ w·v` and `Σ w` over the half-space, without a list of it.
    public func aggregate(_ query: Query, weight: Weight) -> Aggregate {
        stepPlan.sum(query, weight: weight) ?? exactScan.sum(query, weight: weight)
    }

    /// `Σ w_j·v_j` over a report, for weights that only the whole set determines; `weights` is parallel to the report.
    public func sumValues(of report: Report, weights: [Float], into values: inout [Float]) {
        precondition(weights.count == report.count && values.count == store.valueDimension)
        for t in values.indices { values[t] = 0 }
        let rows = store.kernelRows
        report.positions.withUnsafeBufferPointer { ids in
            weights.withUnsafeBufferPointer { weights in
                values.withUnsafeMutableBufferPointer { sum in
                    guard let ids = ids.baseAddress, let w = weights.baseAddress, let out = sum.baseAddress else {
                        return
                    }
                    ck_sum_values(rows.values, sum.count, ids, w, weights.count, out)
                }
            }
        }
    }

    /// What it is made of now.
    public var statistics: IndexStatistics {
        var statistics = IndexStatistics(
            kind: type(of: base).kind, reason: plan.reason, count: grown.end, bytes: base.bytes + grown.bytes)
        statistics.answersDensely = plan.answersDensely
        statistics.expectedMicroseconds = plan.expected
        statistics.initSeconds = initSeconds
        statistics.tail = grown.tailRows.count
        statistics.blocks = grown.blocks.count
        statistics.merges = grown.merges
        statistics.merging = grown.isMerging
        return statistics
    }
}
