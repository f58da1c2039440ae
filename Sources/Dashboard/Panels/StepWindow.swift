import Simulation

/// The newest steps in the columns of a plot: a median and a spread for each column, and the marks between.
///
/// Columns begin at multiples of their width in steps, so that a column does not change once it is full.
struct StepWindow {
    struct Spread { var low, high: Double }

    var hsr: [Double?]
    var naive: [Double?]
    var hsrSpread: [Spread?]
    var naiveSpread: [Spread?]
    /// Columns and what changed there, from left to right.
    var marks: [(x: Int, mark: StepRecord.Mark)]

    init(_ snapshot: Snapshot, columns: Int) {
        let history = snapshot.history
        // As many steps as eight seconds bring, so that the picture moves at one speed whatever the pace.
        let wanted = Int(snapshot.stepsPerSecond * 8) / max(1, columns)
        let stride = max(1, min(wanted, history.count / max(1, columns)))
        let newest = history.appended / stride
        hsr = Array(repeating: nil, count: columns)
        naive = hsr
        hsrSpread = Array(repeating: nil, count: columns)
        naiveSpread = hsrSpread
        marks = []
        let offset = history.appended - history.count
        // Until the plot is full it fills from the left.
        let first = history.count / stride < columns ? offset / stride : newest - columns + 1
        for x in 0..<columns {
            let begin = max(0, (first + x) * stride - offset)
            let end = min(history.count, (first + x + 1) * stride - offset)
            guard begin < end else { continue }
            let records = (begin..<end).map { history[$0] }
            let times = records.filter { !$0.isOnTheWay }.map(\.hsrSeconds)
            let dense = records.filter { !$0.isOnTheWay }.compactMap(\.naiveSeconds)
            hsr[x] = Self.median(times)
            // Between two measurements of naive the line is carried on.
            naive[x] = Self.median(dense) ?? (x > 0 ? naive[x - 1] : nil)
            hsrSpread[x] = Self.spread(times)
            naiveSpread[x] = Self.spread(dense)
            if let mark = records.compactMap(\.mark).first(where: { $0 != .merge }) ?? records.compactMap(\.mark).first
            {
                marks.append((x, mark))
            }
        }
    }

    /// The middle value; nil of none.
    static func median(_ values: some Sequence<Double>) -> Double? {
        let sorted = values.sorted()
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }

    /// From the tenth to the ninetieth percentile of at least four values.
    private static func spread(_ values: [Double]) -> Spread? {
        guard values.count >= 4 else { return nil }
        let sorted = values.sorted()
        return Spread(low: sorted[sorted.count / 10], high: sorted[sorted.count - 1 - sorted.count / 10])
    }
}
