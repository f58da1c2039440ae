import Attention
import HalfSpace
import Workload

extension Settings {
    /// Opens the workload that is asked for; quick, since no key is made yet.
    /// - Throws: ``SettingsError``.
    func makeWorkload() throws(SettingsError) -> any Workload {
        do {
            return try WorkloadRequest(
                kind: workload, seed: seed, n: n, d: d, temperature: temperature, tracePath: tracePath, layer: layer,
                head: head
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
    /// What the settings tell the planner.
    init(settings: Settings, count: Int) {
        self.init()
        if case .relu(let alpha) = settings.activation { exponent = alpha }
        switch settings.threshold.rule {
        case .count:
            expectedShare = count > 0 ? Double(settings.threshold.budget.count(of: count)) / Double(count) : nil
        default: break
        }
    }
}
