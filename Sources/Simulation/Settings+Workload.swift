import Attention
import HalfSpace
import Workload

extension Settings {
    /// Opens the workload that is asked for; quick, since no key is made yet.
    /// - Throws: ``SettingsError``.
    func makeWorkload() throws(SettingsError) -> any Workload {
        if workload == .model { return try ModelWorkload(self) }
        do {
            return try request.make()
        } catch {
            throw SettingsError(SettingsError.Kind(rawValue: error.category.rawValue) ?? .usage, error.description)
        }
    }

    /// Checks all that can be checked before keys are made: ranges, the trace, the memory.
    /// - Throws: ``SettingsError``.
    public func validate() throws(SettingsError) {
        let workload = try makeWorkload()
        if request.shape != nil, threshold.rule == .error {
            throw SettingsError(
                .usage, "the error rule is for one head; choose another rule, or leave out the number of heads")
        }
        try MemoryBudget.check(
            rows: workload.promptLength, dimension: workload.dimension, valueDimension: workload.valueDimension,
            shape: request.shape)
    }
}

extension QueryHints {
    /// What the settings tell the planner. A language model knows what its heads reported while it read the prompt; of
    /// other workloads keys stand for the queries to come.
    init(settings: Settings, workload: any Workload, store: KeyValueStore, statistics: KeyStatistics) {
        if settings.threshold.rule == .learned, let text = workload as? ModelWorkload {
            self = text.writer.decoder.hints(of: text.head)
            return
        }
        let asked = store.count > 0 ? Self.keysAsked : 0
        self.init(
            ThresholdChooser(settings: settings.threshold, activation: settings.activation),
            queries: (0..<asked).map { Array(store.key($0 * store.count / asked)) }, statistics: statistics,
            store: store)
    }

    private static let keysAsked = 8
}
