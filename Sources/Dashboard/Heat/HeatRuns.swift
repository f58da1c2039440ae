import Simulation

/// In how many stretches without a gap the newest row's keys lie: by position, and in the index's own order.
struct HeatRuns {
    let keys, byPosition: Int
    /// nil while no order is known.
    let byIndex: Int?

    /// nil before the first row, and of a row without keys.
    init?(_ snapshot: Snapshot) {
        guard let row = snapshot.heat.last, !row.positions.isEmpty else { return nil }
        let positions = row.positions.map(Int.init)
        keys = positions.count
        byPosition = Self.runs(positions)
        byIndex = snapshot.order.map { Self.runs(positions.map($0.rank(of:)).sorted()) }
    }

    /// Stretches without a gap in ascending numbers.
    private static func runs(_ ascending: [Int]) -> Int {
        zip(ascending, ascending.dropFirst()).reduce(ascending.isEmpty ? 0 : 1) { $0 + ($1.1 == $1.0 + 1 ? 0 : 1) }
    }
}
