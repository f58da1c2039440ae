import Attention
import HalfSpace
import Workload

extension Settings {
    /// Opens the workload that is asked for; quick, since no key is made yet.
    /// - Throws: ``SettingsError``.
    func makeWorkload() throws(SettingsError) -> any Workload {
        do {
            return try WorkloadRequest(
                kind: workload, seed: seed, n: n, d: d, temperature: temperature, rank: rank, tracePath: tracePath,
                layer: layer, head: head
            ).make()
        } catch {
            throw SettingsError(SettingsError.Kind(rawValue: error.category.rawValue) ?? .usage, error.description)
        }
    }

    /// Checks all that can be checked before keys are made: ranges, the trace, the memory.
    /// - Throws: ``SettingsError``.
    public func validate() throws(SettingsError) {
        let workload = try makeWorkload()
        try MemoryBudget.check(
            rows: workload.promptLength, dimension: workload.dimension, valueDimension: workload.valueDimension)
    }
}

extension QueryHints {
    /// What the settings tell the planner; keys stand for the queries to come.
    init(settings: Settings, store: KeyValueStore, statistics: KeyStatistics) {
        self.init()
        if case .relu(let alpha) = settings.activation { exponent = alpha }
        guard store.count > 0 else { return }
        let keys = (0..<Self.keysAsked).map { Array(store.key($0 * store.count / Self.keysAsked)) }
        let chooser = ThresholdChooser(settings: settings.threshold, activation: settings.activation)
        let predicted = keys.compactMap { chooser.choose($0, over: statistics).predicted }
        if !predicted.isEmpty {
            expectedShare = predicted.reduce(0, +) / Double(predicted.count) / Double(store.count)
        }
    }

    private static let keysAsked = 8
}
