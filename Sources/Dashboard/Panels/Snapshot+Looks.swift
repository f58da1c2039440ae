import Simulation

extension Snapshot {
    /// The steps that looks at single steps are about, of those that are wanted; nil where nothing was looked at yet.
    func looks(_ wanted: Details) -> [Int?] {
        let all: [(Details, Int?)] = [
            (.geometry, geometry?.step), (.levels, levels?.step), (.accuracy, accuracy?.step),
            (.policies, policies?.step),
        ]
        return all.filter { wanted.contains($0.0) }.map(\.1)
    }
}
