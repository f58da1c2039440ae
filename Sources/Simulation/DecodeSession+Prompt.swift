import Attention
import HalfSpace
import Workload

/// What a session starts from: the keys and values of the prompt.
extension DecodeSession {
    static func makePrompt(
        _ settings: Settings, continuing text: ModelWorkload?,
        progress tell: @escaping @Sendable (_ stage: String, _ fraction: Double) throws -> Void
    ) throws -> SessionPrompt {
        let workload: any Workload =
            try text.map { ModelWorkload($0, head: settings.head ?? 0) } ?? settings.makeWorkload()
        let stage = (workload as? ModelWorkload)?.stage ?? "making keys"
        let progress: BuildProgress = { try tell(stage, $0) }
        let (n, d, dv) = (workload.promptLength, workload.dimension, workload.valueDimension)
        try MemoryBudget.check(rows: n, dimension: d, valueDimension: dv)
        let store = KeyValueStore(
            dimension: d, valueDimension: dv, capacity: capacity(of: workload), format: settings.store)
        try workload.fillPrompt(of: store) { try progress(0.9 * $0) }
        var statistics = KeyStatistics(dimension: d)
        for row in 0..<store.count {
            statistics.add(store.key(row))
            if row % 4096 == 0 { try progress(0.9 + 0.1 * Double(row) / Double(store.count)) }
        }
        return SessionPrompt(settings: settings, workload: workload, store: store, statistics: statistics)
    }

    /// Rows that a cache may grow to, of `sets` that grow together. A trace that grows does so to its end; made keys, which have none,
    /// until there are twice as many.
    static func capacity(of workload: any Workload, sets: Int = 1) -> Int {
        let (n, d, dv) = (workload.promptLength, workload.dimension, workload.valueDimension)
        let wanted = workload.stepsPerSequence.map { n + $0 } ?? (n == 0 ? emptyPromptLimit : 2 * n)
        let limit =
            workload.mostRows ?? max(n, min(wanted, MemoryBudget.rowLimit(dimension: d, valueDimension: dv) / sets))
        return workload.appendsKeys ? max(limit, n + 1) : n
    }

    /// How far a sequence grows that starts with nothing.
    private static let emptyPromptLimit = 256
}
