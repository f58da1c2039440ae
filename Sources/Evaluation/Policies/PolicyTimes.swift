import Attention
import HalfSpace
import Measurement
import Policies

/// Times of the steps that are implemented with the same care: half-space reporting through the planner's index, Quest and the
/// window of StreamingLLM with the same kernels. The others are made to be right, and are not timed.
enum PolicyTimes {
    /// Medians in microseconds, over the queries of an episode, at a budget; the steps take turns.
    static func measure(
        _ episode: PolicyEpisode, _ budget: PolicyTableBudget, seed: UInt64
    ) throws -> [PolicyKind: Double] {
        let (store, queries) = (episode.store, episode.steps.map(\.query))
        guard store.count > 0, !queries.isEmpty else { return [:] }
        let bytes = budget.budget(of: store)
        let start = PolicyStart(store: store, queries: episode.asked, budget: bytes, seed: seed)
        let hsr = try HalfSpacePolicy(start)
        // The thresholds, and what the planner thinks of them, are found before anything is timed.
        var asked: [(query: [Float], b: Double)] = []
        for (number, query) in queries.enumerated() {
            let step = PolicyStep(query, store: store, number: number)
            let reading = try hsr.read(step)
            guard reading.least == nil, let b = reading.rows.map({ step.scores[Int($0)] }).min() else { continue }
            asked.append((query, b))
        }
        var times: [PolicyKind: [Double]] = [:]
        let output = AttentionOutput(valueDimension: store.valueDimension)
        let index =
            asked.isEmpty
            ? nil
            : try ReportingIndex(
                store: store, choice: .auto,
                hints: QueryHints(demand: .exponentials, queries: queries))
        let sparse = index.map { SparseAttention(index: $0) }
        let window = try Self.window(StreamingLLM(start), of: store)
        let quest = QuestScan.serves(store) ? try QuestScan(store: store) : nil
        let pages = Quest(start).read(PolicyStep(queries[0], store: store, number: 0)).rows.count / Quest.pageSize
        for round in 0..<3 {
            for (number, query) in queries.enumerated() {
                func time(_ kind: PolicyKind, _ body: () throws -> Void) rethrows {
                    let watch = Stopwatch()
                    try body()
                    if round > 0 { times[kind, default: []].append(watch.seconds * 1e6) }
                }
                if let sparse, asked.indices.contains(number) {
                    try time(.hsr) {
                        _ = try sparse.attend(
                            asked[number].query, activation: .softmax,
                            threshold: ChosenThreshold(value: asked[number].b), into: output)
                    }
                }
                if pages > 0, let quest { time(.quest) { quest.attend(query, pages: pages, into: output) } }
                if let window {
                    time(.streaming) {
                        window.attend(query, activation: .softmax, threshold: -.infinity, into: output)
                    }
                }
            }
        }
        return times.mapValues { Samples($0).median }
    }

    /// Dense attention over what the window keeps, side by side as in its cache; nil where it keeps nothing.
    private static func window(_ policy: StreamingLLM, of store: KeyValueStore) throws -> DenseAttention? {
        let rows = policy.kept ?? []
        guard !rows.isEmpty else { return nil }
        let kept = KeyValueStore(
            dimension: store.dimension, valueDimension: store.valueDimension, capacity: rows.count)
        for row in rows { try kept.append(keys: Array(store.key(Int(row))), values: Array(store.value(Int(row)))) }
        return DenseAttention(store: kept)
    }
}
