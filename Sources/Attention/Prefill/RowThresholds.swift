import HalfSpace

/// The thresholds of the rows of a prefill, chosen before any key is scored.
enum RowThresholds {
    /// For every query; a causal row takes n, mean and covariance of the keys up to its own, exactly as decoding step by step
    /// would. O((n + m)·d²).
    static func choose(
        _ request: PrefillRequest, store: KeyValueStore, crew: Crew, progress: @escaping @Sendable (Int) throws -> Void
    ) throws -> [ChosenThreshold] {
        if let given = request.givenThresholds { return given.map { ChosenThreshold(value: $0) } }
        let d = store.dimension
        let m = request.queries.count / d
        let chooser = ThresholdChooser(settings: request.threshold, activation: request.activation)
        let population = QueryPopulation(request.queries, dimension: d)
        let query = { @Sendable (row: Int) in Array(request.queries[row * d..<(row + 1) * d]) }
        if request.causal {
            var keys = KeyStatistics(of: store, rows: 0..<max(0, store.count - m))
            return try (0..<m).map { row in
                keys.add(store.key(store.count - m + row))
                if row % 1024 == 0 { try progress(row) }
                return chooser.choose(query(row), over: keys, population: population)
            }
        }
        let keys = KeyStatistics(of: store, rows: 0..<store.count)
        let chosen = Slots<ChosenThreshold>(count: m)
        let chunk = 512
        try crew.run(
            (m + chunk - 1) / chunk, scratch: {},
            task: { index, _ in
                for row in index * chunk..<min(m, (index + 1) * chunk) {
                    chosen.set(row, chooser.choose(query(row), over: keys, population: population))
                }
            }, done: { try progress(min(m, ($0 + 1) * chunk)) })
        return chosen.values
    }
}
