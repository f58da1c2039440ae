import CKernels

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
    /// The parts as the kernel of a decode step takes them; up to date after every call here.
    package let stepPlan: StepPlan
    /// What the plan is made of.
    private var planned: [PreparedIndex] = []
    private var plannedArrangement = 0
    private let initSeconds: Double

    /// Builds over the rows present.
    /// - Throws: ``IndexCannotServe``, or `CancellationError` from `progress`.
    public init(
        store: KeyValueStore, choice: IndexChoice, hints: QueryHints = QueryHints(), threads: Int = 1,
        progress: @escaping BuildProgress = { _ in }
    ) throws {
        self.store = store
        self.choice = choice
        let start = ContinuousClock.now
        let built: any StaticIndex
        (built, plan) = try Self.build(choice, store: store, hints: hints, threads: threads, progress: progress)
        prompt = PreparedIndex(built)
        let kind = type(of: built).kind
        sample = KeySample(of: store)
        let spent = (ContinuousClock.now - start).components
        initSeconds = Double(spent.seconds) + Double(spent.attoseconds) * 1e-18
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

    /// Tells the kernel of a decode step what there is now.
    private func planStep() {
        let replaced = planned
        planned = [prompt] + grown.blocks
        if plan.answersDensely {
            stepPlan.setDense(0..<grown.end)
        } else {
            stepPlan.set(planned)
            stepPlan.move(to: grown.tailRows)
        }
        plannedArrangement = grown.arrangements
        BackgroundBuild.release(replaced)
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
            return (try made(kind), Plan(kind: kind, answersDensely: false, reason: "as asked for"))
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
        if built == .brute { return !planner.plan().answersDensely }
        plan = planner.plan(without: Set(IndexKind.allCases).subtracting([built]))
        planStep()
        return false
    }

    /// Takes in the rows that the store gained since the last call: a comparison, and now and then the start or the end of
    /// a merge that runs on another thread. Amortised O(log n) builds a key, no pause.
    public func extend() {
        grown.extend()
        if plannedArrangement != grown.arrangements { return planStep() }
        stepPlan.move(to: plan.answersDensely ? 0..<grown.end : grown.tailRows)
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

    /// The prompt's index, the blocks that came after it, and the scan of the newest rows.
    func forEachPart(_ body: (any StaticIndex) -> Void) {
        body(base)
        for block in grown.blocks { body(block.index) }
        if let tail = grown.tail() { body(tail) }
    }

    /// Exactly the keys of the half-space.
    public func report(_ query: Query, into report: Report) {
        report.positions.removeAll(keepingCapacity: true)
        report.scores.removeAll(keepingCapacity: true)
        report.work = Work()
        report.threshold = query.threshold
        report.levels.removeAll(keepingCapacity: true)
        report.prunedBounds.removeAll(keepingCapacity: true)
        forEachPart { part in
            let before = report.count
            part.report(query, into: report)
            if report.collectsBounds && !(part is any DetailedIndex) {
                report.addPruned(part.rows.count - (report.count - before), bound: query.threshold)
            }
        }
    }

    /// `Σ w·v` and `Σ w` over the half-space, from query to sums: what a decode step times.
    public func aggregate(_ query: Query, weight: Weight, into sum: Aggregate) {
        sum.reset()
        forEachPart { $0.aggregate(query, weight: weight, into: sum) }
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
                    ck_sum_values(rows.values, store.valueDimension, sum.count, ids, w, weights.count, out)
                }
            }
        }
    }

    /// What it is made of now.
    public var statistics: IndexStatistics {
        var statistics = IndexStatistics(
            kind: type(of: base).kind, reason: plan.reason, count: grown.end, bytes: base.bytes + grown.bytes)
        statistics.answersDensely = plan.answersDensely
        statistics.initSeconds = initSeconds
        statistics.tail = grown.tailRows.count
        statistics.blocks = grown.blocks.count
        statistics.merges = grown.merges
        statistics.merging = grown.isMerging
        return statistics
    }
}

/// What an index is made of, for the screen and the tables.
public struct IndexStatistics: Sendable {
    /// The index in use.
    public var kind: IndexKind
    /// Why it was chosen, one sentence.
    public var reason: String
    /// Whether steps are computed as dense attention computes them, whatever index stands ready.
    public var answersDensely = false
    /// Keys held.
    public var count: Int
    /// Memory held beside the store, in bytes.
    public var bytes: Int
    /// Time to build, in seconds.
    public var initSeconds = 0.0
    /// Keys in the brute tail and static blocks beside the first.
    public var tail = 0
    public var blocks = 0
    /// Merges done and whether one runs now.
    public var merges = 0
    public var merging = false

    public init(kind: IndexKind, reason: String, count: Int, bytes: Int) {
        self.kind = kind
        self.reason = reason
        self.count = count
        self.bytes = bytes
    }
}
