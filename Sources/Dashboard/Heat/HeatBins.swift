import Simulation

/// The key positions that a picture shows, and into how many columns.
struct KeyAxis: Hashable {
    /// First position, and the one after the last.
    var lower, upper: Int
    var columns: Int

    /// The column of a position that lies inside.
    func column(of position: Int) -> Int { (position - lower) * columns / max(1, upper - lower) }

    /// The positions of a column; never empty.
    func positions(of column: Int) -> Range<Int> {
        let span = max(1, upper - lower)
        let first = lower + (column * span + columns - 1) / columns
        return first..<max(first + 1, lower + ((column + 1) * span + columns - 1) / columns)
    }

    /// Positions or ranks, as ``HeatBins`` is told.
    var span: Int { upper - lower }

    /// From 0 to a little beyond the present length, in large strides, so that the columns stand still while keys arrive.
    static func whole(of snapshot: Snapshot, columns: Int) -> KeyAxis {
        guard snapshot.trace == nil else { return KeyAxis(lower: 0, upper: max(1, snapshot.n), columns: columns) }
        let stride = max(64, snapshot.promptLength / 16)
        return KeyAxis(lower: 0, upper: max(1, (snapshot.n + stride - 1) / stride) * stride, columns: columns)
    }
}

/// One heatmap row in columns: every activated entry is in one, none is skipped.
struct HeatBins {
    let row: HeatRow
    let axis: KeyAxis
    /// The largest weight, the sum of the weights and the number of entries of each column.
    let largest: [Float]
    let sum: [Float]
    let count: [Int32]
    /// The sum over the whole row: 1, or more where a row holds the maximum over several steps.
    let total: Float

    /// The order in which positions stand along the axis; nil for their own.
    let order: KeyOrder?

    init(_ row: HeatRow, axis: KeyAxis, order: KeyOrder? = nil) {
        self.row = row
        self.axis = axis
        self.order = order
        var largest = [Float](repeating: 0, count: axis.columns)
        var sum = largest
        var count = [Int32](repeating: 0, count: axis.columns)
        let first = order == nil ? row.positions.partitioningIndex { Int($0) >= axis.lower } : 0
        for i in first..<row.positions.count {
            var position = Int(row.positions[i])
            if let order {
                position = order.rank(of: position)
                guard position >= axis.lower, position < axis.upper else { continue }
            } else if position >= axis.upper {
                break
            }
            let column = axis.column(of: position)
            let weight = row.weights[i]
            largest[column] = max(largest[column], weight)
            sum[column] += weight
            count[column] += 1
        }
        self.largest = largest
        self.sum = sum
        self.count = count
        total = row.weights.reduce(0, +)
    }
}

extension Array {
    /// The first index whose element meets a condition that holds from there on; O(log n).
    func partitioningIndex(where meets: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if meets(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
