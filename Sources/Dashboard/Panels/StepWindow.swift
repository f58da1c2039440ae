import Measurement
import Simulation

/// The newest steps in the columns of a plot: a median and a spread for each column, and the marks between.
///
/// Columns begin at multiples of their width in steps, so that a column does not change once it is full.
struct StepWindow {
    typealias Spread = (low: Double, high: Double)

    var hsr: [Double?]
    var naive: [Double?]
    var hsrSpread: [Spread?]
    var naiveSpread: [Spread?]
    /// Columns and what changed there, from left to right.
    var marks: [(x: Int, mark: StepRecord.Mark)]

    /// One column: the medians and spreads of its steps, and what changed there.
    struct Column {
        var hsr, naive: Double?
        var hsrSpread, naiveSpread: Spread?
        var mark: StepRecord.Mark?

        init(_ records: [StepRecord]) {
            let timed = records.filter { !$0.isOnTheWay }
            let times = Samples(timed.map(\.hsrSeconds))
            let dense = Samples(timed.compactMap(\.naiveSeconds))
            (hsr, naive) = (times.middle, dense.middle)
            (hsrSpread, naiveSpread) = (times.spread, dense.spread)
            let marks = records.compactMap(\.mark)
            mark = marks.first { $0 != .merge } ?? marks.first
        }
    }

    /// Columns that are full, by their number in the stream, while their width stays.
    struct Kept {
        fileprivate var stride = 0
        fileprivate var columns: [Int: Column] = [:]
    }

    init(_ snapshot: Snapshot, columns: Int) {
        var kept = Kept()
        self.init(snapshot, columns: columns, kept: &kept)
    }

    /// - Parameter kept: columns of the pictures before, which full ones are taken from.
    init(_ snapshot: Snapshot, columns: Int, kept: inout Kept) {
        let history = snapshot.history
        let stride = Self.stride(snapshot, columns: columns)
        let newest = history.appended / stride
        hsr = Array(repeating: nil, count: columns)
        naive = hsr
        hsrSpread = Array(repeating: nil, count: columns)
        naiveSpread = hsrSpread
        marks = []
        if kept.stride != stride { kept = Kept(stride: stride) }
        let before = kept.columns
        kept.columns = [:]
        let offset = history.appended - history.count
        // Until the plot is full it fills from the left.
        // Then it moves by several columns at once: a picture that stands can be read, and costs little to send.
        let hop = max(1, columns / 16)
        let first =
            history.count / stride < columns ? offset / stride : (newest - columns + hop) / hop * hop
        for x in 0..<columns {
            let begin = max(0, (first + x) * stride - offset)
            let end = min(history.count, (first + x + 1) * stride - offset)
            guard begin < end else { continue }
            let isFull = end == (first + x + 1) * stride - offset
            let column = before[first + x] ?? Column((begin..<end).map { history[$0] })
            if isFull { kept.columns[first + x] = column }
            hsr[x] = column.hsr
            // Between two measurements of naive the line is carried on.
            naive[x] = column.naive ?? (x > 0 ? naive[x - 1] : nil)
            hsrSpread[x] = column.hsrSpread
            naiveSpread[x] = column.naiveSpread
            if let mark = column.mark { marks.append((x, mark)) }
        }
    }

    /// Steps to a column: as many as let the plot span eight seconds, so that it moves at one speed whatever the pace, in
    /// so few sizes that a rate that wavers does not change them.
    private static func stride(_ snapshot: Snapshot, columns: Int) -> Int {
        let held = min(snapshot.history.count, snapshot.history.capacity)
        let wanted = min(Int(held: snapshot.stepsPerSecond * 8), held) / max(1, columns)
        return strides.last { $0 <= wanted } ?? 1
    }

    private static let strides = (0..<24).flatMap { [1 << $0, 3 << $0] }.sorted()
}
