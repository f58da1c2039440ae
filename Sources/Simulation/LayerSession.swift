import Attention
import HalfSpace
import Measurement
import Workload

/// The heads of a layer beside the one that a session shows: their keys, indexes and threads, handed from session to session while
/// only another head is to be seen.
final class LayerSession {
    let workload: LayerWorkload
    let attention: LayerAttention
    private let promptStatistics: [KeyStatistics]
    private let promptLength: Int
    /// Whether `auto` wants an index that was not built.
    private var isStale = false
    /// The index that was asked for.
    private let choice: IndexChoice

    var shape: LayerShape { workload.shape }

    /// Makes the prompt of every key-value head, or takes those of another session of the same layer, and builds its index.
    /// - Parameter capacity: Rows that a cache may grow to.
    /// - Throws: what the workload or an index throws, or `CancellationError` from `progress`.
    init(
        _ workload: LayerWorkload, settings: Settings, reusing other: LayerSession? = nil, capacity: Int, threads: Int?,
        progress tell: @escaping @Sendable (_ stage: String, _ fraction: Double) throws -> Void
    ) throws {
        self.workload = workload
        let sets = Double(workload.sets.count)
        let made = other?.attention.keyHeads.map(\.store)
        let stores =
            try made
            ?? workload.sets.enumerated().map { number, set in
                let store = KeyValueStore(
                    dimension: set.dimension, valueDimension: set.valueDimension, capacity: capacity,
                    format: settings.store)
                try set.fillPrompt(of: store) { try tell("making keys", (Double(number) + $0) / sets) }
                return store
            }
        attention = LayerAttention(stores, heads: workload.shape.heads, threads: threads)
        promptStatistics = attention.keyHeads.map(\.statistics)
        promptLength = workload.promptLength
        choice = settings.index
        try attention.buildIndexes(choice, hints: hints(settings), threads: attention.threads) {
            try tell("building the indexes", $0)
        }
    }

    /// What is known of the queries to come, of every set: keys stand for them.
    private func hints(_ settings: Settings) -> [QueryHints] {
        zip(attention.keyHeads, workload.sets).enumerated().map { number, set in
            QueryHints(
                settings: settings, workload: set.1, store: set.0.store, statistics: promptStatistics[number])
        }
    }

    /// Whether it serves these settings, whichever head they show.
    func serves(_ settings: Settings) -> Bool { settings.index == choice && !isStale }

    /// Lets `auto` think again; whether an index has to be built after all.
    func reconsider(_ settings: Settings) -> Bool {
        let hints = hints(settings)
        for (number, head) in attention.keyHeads.enumerated() {
            if head.index?.reconsider(attention.shared(hints[number], by: number)) == true { isStale = true }
        }
        return isStale
    }

    /// Back to the prompt.
    func rewind() {
        for (head, statistics) in zip(attention.keyHeads, promptStatistics) {
            head.truncate(to: promptLength, statistics: statistics)
        }
    }

    func setWaitsForMerges(_ waits: Bool) {
        for head in attention.keyHeads { head.index?.waitsForMerges = waits }
    }

    /// Whether an index is being merged beside the stream.
    var isMerging: Bool { attention.keyHeads.contains { $0.index?.statistics.merging == true } }

    /// The thresholds of all heads.
    func thresholds(_ queries: [[Float]], _ settings: Settings) -> [ChosenThreshold] {
        let chooser = ThresholdChooser(settings: settings.threshold, activation: settings.activation)
        return queries.indices.map { chooser.choose(queries[$0], over: attention.heads[$0].statistics) }
    }

    /// What a step gave for all heads.
    func record(shown: Int, hasNaive: Bool) -> LayerRecord {
        var record = LayerRecord(shape: shape, shown: shown, threads: attention.threads)
        for head in 0..<shape.heads {
            let outcome = attention.outcome(of: head)
            record.reported.append(outcome.isDense ? nil : outcome.reported)
            record.seconds.append(outcome.seconds)
            if hasNaive { record.naiveSeconds.append(attention.denseOutcome(of: head).seconds) }
        }
        return record
    }

    /// Compares the set of every head with the definition: O(H·n·d).
    func check(_ queries: [[Float]], _ record: inout LayerRecord) throws {
        var (missed, extra) = (0, 0)
        let report = Report()
        for (head, query) in queries.enumerated() {
            guard let found = try attention.list(head, into: report) else { continue }
            let check = SetCheck(found, of: query, report: report, store: attention.heads[head].store)
            missed += check.missed
            extra += check.extra
        }
        (record.missed, record.extra) = (missed, extra)
    }

    /// The largest error of any head's output, against the float64 referee: O(H·n·(d + dv)).
    func judge(_ queries: [[Float]], _ settings: Settings, _ record: inout LayerRecord) {
        var largest = 0.0
        for (head, query) in queries.enumerated() {
            let referee = Referee(store: attention.heads[head].store)
            let outcome = attention.outcome(of: head)
            referee.attend(query, activation: settings.activation, threshold: outcome.threshold)
            largest = max(largest, AttentionError(outcome.output, against: referee.output).largest)
        }
        record.maxAbsError = largest
    }
}
