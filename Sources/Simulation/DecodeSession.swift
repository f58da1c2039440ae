import Attention
import Foundation
import HalfSpace
import Measurement
import Workload

/// One run over one workload: a growing cache, its index, and the decode step that the paper's Algorithm 1 describes
/// with dense attention beside it. No thread, no clock but for measurement: the headless stream drives it directly.
final class DecodeSession {
    private(set) var settings: Settings
    let workload: any Workload
    /// The language model, where one writes.
    var text: ModelWorkload? { workload as? ModelWorkload }
    /// All heads of the layer, where there are several; then store and index are those of the head that is shown.
    let layer: LayerSession?
    let store: KeyValueStore
    let index: ReportingIndex
    /// Rows in the cache when a sequence starts, and the most it grows to before the next one does.
    let promptLength: Int
    let rowLimit: Int

    /// Steps done, over all sequences, and the sequence under way.
    private(set) var step = 0
    private(set) var sequence = 0
    /// Steps done in the sequence under way.
    private(set) var sequenceStep = 0

    /// The last queries of the sequence, oldest first, and the threshold of the newest.
    private(set) var recentQueries: [[Float]] = []
    var threshold = 0.0
    /// From query to output, of the last step.
    var lastSparseSeconds = 0.0
    /// ‖V‖_∞ of the prompt.
    var promptValueNorm: Double { promptNorm.value }
    /// The index's cells by level, 0 the smallest, at d = 2: they stay, since the prompt does.
    private(set) lazy var planeCells: [[IndexCell]] = cellsByLevel()

    let promptStatistics: KeyStatistics
    private var statistics: KeyStatistics
    /// Of the prompt's values, and of all that are in the cache.
    private let promptNorm: ValueNorm
    var valueNorm: ValueNorm
    let sparse: SparseAttention
    private let certified: CertifiedBudget
    /// What the model's softmax makes of scores.
    let logits: SoftmaxLogits
    private var measured = MeasuredBudget()
    private let dense: DenseAttention
    let referee: Referee
    /// What the referee took of the last step, outside its times; nil where it was not asked.
    var refereeSeconds: Double?
    let sparseOutput: AttentionOutput
    let denseOutput: AttentionOutput
    let report = Report()
    /// The prompt's keys in cells, for the leaf-mean residual; made when a step asks for it.
    private(set) lazy var residual = LeafMeanResidual(
        partition: MedianPartition(store: store, rows: 0..<promptLength))
    private var merges = 0
    var denseCount = 0

    /// Makes the prompt's keys, or takes those of a `prompt` with the same data, and builds the index.
    /// - Throws: ``SettingsError``, what the workload or the index throws, or `CancellationError` from `progress`.
    init(
        settings: Settings, reusing prompt: SessionPrompt? = nil, continuing text: ModelWorkload? = nil,
        threads: Int? = nil,
        progress: @escaping @Sendable (_ stage: String, _ fraction: Double) throws -> Void = { _, _ in }
    ) throws {
        let made = try Self.prepared(settings, reusing: prompt, continuing: text, threads: threads, progress: progress)
        self.settings = settings
        workload = made.workload
        layer = made.layer
        store = made.store
        promptStatistics = made.statistics
        statistics = made.statistics
        promptLength = store.count
        rowLimit = store.capacity
        promptNorm = ValueNorm(of: store)
        valueNorm = promptNorm
        let hints = QueryHints(
            settings: settings, workload: made.workload, store: store, statistics: made.statistics)
        if let built = made.index {
            index = built
        } else {
            index = try ReportingIndex(store: store, choice: settings.index, hints: hints, threads: threads ?? 1) {
                try progress("building the index", $0)
            }
        }
        sparse = SparseAttention(index: index)
        certified = CertifiedBudget(index: index)
        let trace = made.workload as? TraceWorkload
        logits = SoftmaxLogits(softcap: trace?.softcap, sink: trace?.sinkLogit)
        dense = DenseAttention(store: store)
        referee = Referee(store: store)
        (made.workload as? ModelWorkload)?.writer.decoder.rule = settings.threshold
        (referee.softcap, referee.sinkLogit) = (logits.softcap, logits.sink)
        sparseOutput = AttentionOutput(valueDimension: store.valueDimension)
        denseOutput = AttentionOutput(valueDimension: store.valueDimension)
        if let place = prompt?.place { try goOn(from: place) { try progress("appending keys", $0) } }
    }

    private func cellsByLevel() -> [[IndexCell]] {
        var levels: [[IndexCell]] = []
        while case let cells = index.cells(atLevel: levels.count), !cells.isEmpty { levels.append(cells) }
        return levels
    }

    /// Queries remembered for the geometry's trail.
    private static let trailLength = 24

    /// Ends this session and hands on its prompt, so that another index can be built over the same keys.
    /// - Parameter goesOn: Whether the next session goes on at the step where this one stands, or begins anew.
    func surrenderPrompt(goesOn: Bool = false) -> SessionPrompt {
        rewind()
        return SessionPrompt(
            settings: settings, workload: workload, store: store, statistics: promptStatistics, layer: layer,
            place: goesOn
                ? StreamPlace(
                    step: step, sequence: sequence, sequenceStep: sequenceStep, recentQueries: recentQueries,
                    denseCount: denseCount, measured: measured) : nil)
    }

    /// Goes to where another session over the same keys stood: the rows that its sequence brought are appended again.
    private func goOn(from place: StreamPlace, progress: BuildProgress) throws {
        isRepeatable = true
        for brought in 0..<place.sequenceStep {
            if let layer {
                try grow(layer, with: layer.workload.layerStep(brought, sequence: place.sequence))
            } else {
                try grow(with: workload.step(brought, sequence: place.sequence))
            }
            if brought % 64 == 0 { try progress(Double(brought) / Double(place.sequenceStep)) }
        }
        (step, sequence, sequenceStep) = (place.step, place.sequence, place.sequenceStep)
        (recentQueries, denseCount, measured) = (place.recentQueries, place.denseCount, place.measured)
    }

    private func rewind() {
        if let layer { return layer.rewind() }
        index.truncate(to: promptLength)
        store.truncate(to: promptLength)
    }

    /// Whether a merge that is due is waited for, so that reporting costs the same however busy the machine is.
    var isRepeatable: Bool {
        get { index.waitsForMerges }
        set {
            index.waitsForMerges = newValue
            layer?.setWaitsForMerges(newValue)
        }
    }

    /// Takes settings that need no other data; `auto` thinks again.
    /// - Returns: whether an index has to be built for them after all, since the planner had chosen none and now would.
    func adopt(_ settings: Settings) -> Bool {
        let changed = settings.threshold != self.settings.threshold || settings.activation != self.settings.activation
        self.settings = settings
        text?.writer.decoder.rule = settings.threshold
        guard changed else { return false }
        if let layer { return layer.reconsider(settings) }
        return index.reconsider(
            QueryHints(settings: settings, workload: workload, store: store, statistics: promptStatistics))
    }

    /// Back to step 0.
    func restart() {
        step = 0
        sequence = 0
        sequenceStep = 0
        startSequence()
    }

    private var isSequenceOver: Bool {
        if let length = workload.stepsPerSequence, sequenceStep >= length { return true }
        return workload.appendsKeys && store.count >= rowLimit
    }

    /// Steps before the keys of another sequence follow.
    var stepsOfFirstSequence: Int {
        min(workload.appendsKeys ? rowLimit - promptLength : .max, workload.stepsPerSequence ?? .max)
    }

    private func startSequence() {
        text?.writer.rewind(sequence: sequence)
        rewind()
        statistics = promptStatistics
        valueNorm = promptNorm
        measured = MeasuredBudget()
        recentQueries = []
    }

    /// What a step is asked to measure.
    struct Measurement {
        var dense = true
        var definition = true
        /// Ask the float64 referee for the errors of what was computed.
        var referee = true
        /// List the set and its weights.
        var entries = true
        /// Ask what the leaf-mean residual would leave of softmax's error.
        var residual = false
    }

    /// What a step gave.
    struct Outcome {
        var record: StepRecord
        var heat: HeatRow?
        var output: [Float]
    }

    /// Decodes one step: q, k, v arrive; the cache grows; the index reports; attention is computed both ways.
    func decode(_ measurement: Measurement = Measurement()) throws -> Outcome {
        var record = StepRecord()
        if isSequenceOver {
            sequence += 1
            sequenceStep = 0
            startSequence()
            record.mark = .sequence
        }
        record.step = step
        record.sequence = sequence
        if let layer { return try decode(all: layer, measurement, record) }
        let input = try workload.step(sequenceStep, sequence: sequence)
        try grow(with: input)
        record.n = store.count

        let ruleWatch = Stopwatch()
        var rule = settings.threshold
        if rule.rule == .learned { rule.manual = input.threshold ?? 0 }
        var chosen = ThresholdChooser(settings: rule, activation: settings.activation)
            .choose(input.query, over: statistics)
        record.ruleSeconds = ruleWatch.seconds
        record.predicted = chosen.predicted
        record.scores = chosen.spread

        // In alternating order, so that neither always finds the cache warm.
        let denseFirst = measurement.dense && denseCount % 2 == 1 && chosen.keepLargest == nil
        if denseFirst { try attendDensely(input.query, threshold: chosen.value, &record) }
        let watch = Stopwatch()
        let goal = errorGoal
        if let goal { try keep(to: goal, query: input.query, &chosen, &record) }
        let found = try sparse.attend(
            input.query, activation: settings.activation, threshold: chosen, into: sparseOutput)
        if usesLogits {
            try sparse.list(found, of: input.query, into: report)
            _ = logits.attend(input.query, store: store, positions: report.positions, into: sparseOutput)
        }
        record.hsrSeconds = watch.seconds
        lastSparseSeconds = record.hsrSeconds
        record.threshold = found.threshold
        record.reported = found.count ?? store.count
        record.work += found.work
        record.usedMoments = found.usedMoments
        record.isDense = found.isDense
        if measurement.dense && !denseFirst {
            try attendDensely(input.query, threshold: found.threshold, &record)
        }
        refereeSeconds = nil
        if measurement.referee {
            let watch = Stopwatch()
            judge(input.query, denseAsWell: measurement.dense, &record)
            refereeSeconds = watch.seconds
        }

        if let goal { judge(goal, query: input.query, &record) }

        return try finish(found, of: input.query, measurement, record)
    }

    /// Lists what was found and goes on to the next step.
    func finish(
        _ found: AttentionFinding, of query: [Float], _ measurement: Measurement, _ record: StepRecord
    ) throws -> Outcome {
        var record = record
        recentQueries = recentQueries.suffix(Self.trailLength - 1) + [query]
        let heat = try list(found, of: query, measurement, &record)
        noteIndex(&record)
        record.text = text?.writer.record
        step += 1
        sequenceStep += 1
        return Outcome(record: record, heat: heat, output: sparseOutput.values)
    }

    private func grow(with input: DecodeInput) throws {
        guard let key = input.key, let value = input.value else { return }
        try store.append(keys: key, values: value)
        statistics.add(store.key(store.count - 1))
        valueNorm.add(store.value(store.count - 1))
        index.extend()
    }

    /// Whether softmax is over other logits than the scores; then the set is that of the scores, and weighed once more.
    var usesLogits: Bool { settings.activation == .softmax && !logits.arePlain }

    /// The error that the rule keeps to; ReLU and entmax through half-space reporting have none.
    private var errorGoal: ErrorGoal? {
        settings.threshold.rule == .error && settings.activation == .softmax ? settings.threshold.goal : nil
    }

    /// Finds the set that a goal needs, within the time of the step.
    private func keep(
        to goal: ErrorGoal, query: [Float], _ chosen: inout ChosenThreshold, _ record: inout StepRecord
    ) throws {
        switch goal.basis {
        case .certified:
            let choice = try certified.choose(query, epsilon: goal.epsilon, logits: logits)
            (chosen.value, chosen.keepLargest, chosen.predicted) = (choice.threshold, nil, nil)
            record.work = choice.work
        case .measured:
            chosen.keepLargest = measured.budget(of: store.count)
            chosen.predicted = chosen.keepLargest.map(Double.init)
        }
    }

    /// Says whether the goal was met, where the error was measured, and learns from the query.
    private func judge(_ goal: ErrorGoal, query: [Float], _ record: inout StepRecord) {
        record.errorGoal = goal.epsilon * valueNorm.value
        guard let error = record.maxAbsError else { return }
        // What float32 rounds away is no miss.
        record.missedGoal = error > (goal.epsilon + 1e-5) * valueNorm.value
        guard goal.basis == .measured else { return }
        measured.note(
            query, store: store, epsilon: goal.epsilon, valueNorm: valueNorm.value, logits: logits)
    }

    private func attendDensely(
        _ query: [Float], threshold: Double, _ record: inout StepRecord
    ) throws {
        let watch = Stopwatch()
        dense.attend(query, activation: settings.activation, threshold: threshold, into: denseOutput)
        record.naiveSeconds = watch.seconds
        // Untimed: the kernel's time is that of dense attention without a cap, which is the harder rival.
        if usesLogits { _ = logits.attend(query, store: store, into: denseOutput) }
        denseCount += 1
    }

    func judge(_ query: [Float], denseAsWell: Bool, _ record: inout StepRecord) {
        referee.attend(query, activation: settings.activation, threshold: record.threshold)
        let error = referee.error(of: sparseOutput)
        (record.maxAbsError, record.relativeError) = (error.largest, error.relative)
        record.scoreResolution = InputPrecision.scoreResolution(query, store)
        if denseAsWell { record.naiveAbsError = referee.error(of: denseOutput).largest }
    }

    private func noteIndex(_ record: inout StepRecord) {
        let statistics = index.statistics
        record.index = statistics.kind
        record.underLoad = layer?.isMerging ?? statistics.merging
        if statistics.merges != merges {
            merges = statistics.merges
            record.mark = record.mark ?? .merge
        }
    }
}
