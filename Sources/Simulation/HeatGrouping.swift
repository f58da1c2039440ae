import Measurement

/// How many steps a heatmap row covers: one, as long as the eye can follow the rows; at full speed as many as a
/// thirtieth of a second brings.
struct HeatGrouping {
    private var open: HeatRow?

    private static let rowsPerSecond = 30.0

    /// Takes a step's row; gives a finished one back.
    mutating func add(_ row: HeatRow, stepsPerSecond: Double, pace: Pace) -> HeatRow? {
        let merged = open.map { $0.n <= row.n ? $0.merging(row) : row } ?? row
        guard merged.steps >= target(stepsPerSecond, pace) else {
            open = merged
            return nil
        }
        open = nil
        return merged
    }

    private func target(_ stepsPerSecond: Double, _ pace: Pace) -> Int {
        // A set pace decides by itself, so that the picture depends on steps alone and never on the clock.
        let rate: Double
        switch pace {
        case .stepsPerSecond(let set): rate = set
        case .full: rate = max(stepsPerSecond, 1)
        }
        return max(1, Int(held: (rate / Self.rowsPerSecond).rounded(.down)))
    }
}
