import Simulation

extension Snapshot {
    /// The newest steps, at most so many, and none from before the last change of a parameter.
    func recentSteps(_ length: Int) -> [StepRecord] {
        let records = history.suffix(length)
        let change = records.lastIndex { $0.mark?.isChange == true }
        return Array(records[(change ?? 0)...])
    }
}
