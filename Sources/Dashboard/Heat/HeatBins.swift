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
        // A picture without columns, on a screen too small for it, is asked as well.
        let (span, columns) = (max(1, upper - lower), max(1, columns))
        let first = lower + (column * span + columns - 1) / columns
        return first..<max(first + 1, lower + ((column + 1) * span + columns - 1) / columns)
    }

    /// Positions or ranks, as ``HeatBins`` is told.
    var span: Int { upper - lower }

    /// From 0 to a little beyond the present length, in large strides, so that the columns stand still while keys arrive.
    static func whole(of snapshot: Snapshot, columns: Int) -> KeyAxis {
        guard snapshot.trace?.grows != false else {
            return KeyAxis(lower: 0, upper: max(1, snapshot.n), columns: columns)
        }
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

    /// - Parameter progress: of columns on their way into the order: 0 at the positions, 1 at the ranks.
    init(_ row: HeatRow, axis: KeyAxis, order: KeyOrder? = nil, progress: Double = 1) {
        self.row = row
        self.axis = axis
        self.order = order
        var largest = [Float](repeating: 0, count: axis.columns)
        var sum = largest
        var count = [Int32](repeating: 0, count: axis.columns)
        let first = order == nil ? row.positions.partitioningIndex { Int($0) >= axis.lower } : 0
        // Positions ascend, so that most stand in the column of the one before: a division for each would cost the most.
        // Unchecked access, since a row of many steps has tens of thousands of entries; columns are those of the axis.
        largest.withUnsafeMutableBufferPointer { largest in
            sum.withUnsafeMutableBufferPointer { sum in
                count.withUnsafeMutableBufferPointer { count in
                    row.positions.withUnsafeBufferPointer { positions in
                        row.weights.withUnsafeBufferPointer { weights in
                            var (column, next) = (0, Int.min)
                            for i in first..<positions.count where !largest.isEmpty {
                                var position = Int(positions[i])
                                if let order {
                                    let rank = order.rank(of: position)
                                    position =
                                        progress >= 1
                                        ? rank : position + Int((Double(rank - position) * progress).rounded())
                                    guard position >= axis.lower, position < axis.upper else { continue }
                                    column = axis.column(of: position)
                                } else if position >= axis.upper {
                                    break
                                } else if position >= next {
                                    column = axis.column(of: position)
                                    next = axis.lower + ((column + 1) * axis.span + axis.columns - 1) / axis.columns
                                }
                                largest[column] = max(largest[column], weights[i])
                                sum[column] += weights[i]
                                count[column] += 1
                            }
                        }
                    }
                }
            }
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
