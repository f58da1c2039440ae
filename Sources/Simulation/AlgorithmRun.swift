import Attention
import HalfSpace
import Measurement
import Workload

/// Algorithms 1 and 2 of arXiv 2410.10165 as they stand there, beside the engine, which has to give the same rows.
///
/// K and V are fixed, as the algorithms have them: the keys of the prompt. Queries are those of the steps.
public final class AlgorithmRun {
    private let settings: Settings
    private let workload: any Workload
    private let store: KeyValueStore
    private let statistics: KeyStatistics
    private let index: ReportingIndex
    private let sparse: SparseAttention
    private let referee: Referee
    private let engineOutput: AttentionOutput

    /// Makes the keys, and the engine's index over them.
    /// - Throws: ``SettingsError``, or what the workload or the index throws.
    public init(
        settings: Settings, threads: Int = 1,
        progress: @escaping @Sendable (_ stage: String, _ fraction: Double) -> Void = { _, _ in }
    ) throws {
        guard settings.threshold.rule != .error, settings.threshold.rule != .learned, settings.workload != .model else {
            throw SettingsError(
                .usage,
                "the algorithms of the paper take a threshold of the rules paper, tight, calibrated, count or "
                    + "manual, over keys that are fixed; choose one of these, and another workload than model")
        }
        let prompt = try DecodeSession.makePrompt(settings, continuing: nil) { progress($0, $1) }
        self.settings = settings
        (workload, store, statistics) = (prompt.workload, prompt.store, prompt.statistics)
        let hints = QueryHints(
            settings: settings, workload: workload, store: store, statistics: statistics)
        index = try ReportingIndex(store: store, choice: settings.index, hints: hints, threads: threads)
        sparse = SparseAttention(index: index)
        referee = Referee(store: store)
        engineOutput = AttentionOutput(valueDimension: store.valueDimension)
    }

    /// dv.
    public var valueDimension: Int { store.valueDimension }

    /// The names of a row's fields, in order.
    public var columns: [String] {
        fields(AlgorithmRow(output: [], threshold: 0, positions: []), Place(), seconds: 0, Engine()).map(\.name)
    }

    /// Algorithm 1, a query at a time.
    /// - Parameter each: is given the fields of every row and its output.
    /// - Throws: what `each` or the workload throws.
    public func decode(steps: Int, each: (_ fields: [RecordField], _ row: AlgorithmRow) throws -> Void) throws {
        let algorithm = try GenerationDecoding(
            store, activation: settings.activation, threshold: settings.threshold)
        for step in 0..<steps {
            let query = try query(step)
            var row = AlgorithmRow(output: [], threshold: 0, positions: [])
            let time = try Stopwatch.microseconds { row = try algorithm.infer(query) }
            let engine = try engine(query, population: nil, row)
            let place = Place(algorithm: 1, step: step, index: algorithm.hsr.statistics.kind)
            try each(fields(row, place, seconds: time * 1e-6, engine), row)
        }
    }

    /// Algorithm 2 over as many queries at once, the index built inside.
    /// - Parameter each: is given the fields of every row, whose time is from the row before, and its output.
    /// - Throws: what `each` or the workload throws.
    public func prefill(rows: Int, each: (_ fields: [RecordField], _ row: AlgorithmRow) throws -> Void) throws {
        let queries = try (0..<rows).map { try query($0) }
        let joined = queries.flatMap { $0 }
        let population = QueryPopulation(joined, dimension: store.dimension)
        var (step, watch) = (0, Stopwatch())
        try promptPrefilling(
            joined, store, activation: settings.activation, threshold: settings.threshold
        ) { row in
            let seconds = watch.seconds
            let engine = try engine(queries[step], population: population, row)
            let place = Place(algorithm: 2, step: step, index: .tree)
            try each(fields(row, place, seconds: seconds, engine), row)
            step += 1
            watch = Stopwatch()
        }
    }

    private func query(_ step: Int) throws -> [Float] {
        let steps = max(1, workload.stepsPerSequence ?? .max)
        return try workload.step(step % steps, sequence: step / steps).query
    }

    private struct Place {
        var algorithm = 1
        var step = 0
        var index = IndexKind.tree
    }

    /// What the engine and the definition say of a row.
    private struct Engine {
        var seconds = 0.0
        /// The largest difference of an entry of the two outputs.
        var difference = 0.0
        /// The error of the row's arithmetic, against float64 over the same keys.
        var error = 0.0
        var missed = 0
        var extra = 0
    }

    private func engine(_ query: [Float], population: QueryPopulation?, _ row: AlgorithmRow) throws -> Engine {
        var engine = Engine()
        let chosen = ThresholdChooser(settings: settings.threshold, activation: settings.activation)
            .choose(query, over: statistics, population: population)
        engine.seconds =
            try Stopwatch.microseconds {
                try sparse.attend(query, activation: settings.activation, threshold: chosen, into: engineOutput)
            } * 1e-6
        engine.difference =
            zip(row.output, engineOutput.values).map { abs(Double($0) - Double($1)) }.max() ?? 0
        referee.attend(query, activation: settings.activation, threshold: row.threshold, over: .reported)
        engine.error = AttentionError(row.output, against: referee.output).largest
        let members = query.withUnsafeBufferPointer { q in
            (0..<store.count).filter { Membership.score(q, store.key($0)) >= row.threshold }
        }
        let (set, found) = (Set(members), Set(row.positions.map { Int($0) }))
        engine.missed = set.subtracting(found).count
        engine.extra = found.subtracting(set).count + row.positions.count - found.count
        return engine
    }

    private func fields(_ row: AlgorithmRow, _ place: Place, seconds: Double, _ engine: Engine) -> [RecordField] {
        [
            .whole("algorithm", place.algorithm),
            .whole("step", place.step),
            .whole("n", store.count),
            .whole("d", store.dimension),
            .text("workload", settings.workload.rawValue),
            .text("activation", settings.activation.name),
            .number("alpha", settings.activation.alpha),
            .text("rule", settings.activation.ruleName(settings.threshold)),
            .number("threshold", row.threshold),
            .whole("reported", row.positions.count),
            .whole("missed", engine.missed),
            .whole("extra", engine.extra),
            .text("index", place.index.rawValue),
            .microseconds("paper_us", seconds),
            .microseconds("hsr_us", engine.seconds),
            .number("max_difference", engine.difference),
            .number("max_abs_error", engine.error),
        ]
    }
}
