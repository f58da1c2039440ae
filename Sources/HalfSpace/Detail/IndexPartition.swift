/// The keys of an index in groups of near keys, each with its count and its sums of keys and values.
///
/// With it what a query leaves out can be answered by means: a group's sums less those of its reported keys.
public final class IndexPartition: Sendable {
    /// The rows of the store that are in some cell.
    public let rows: Range<Int>
    public let cellCount: Int
    private let cellOfRow: [UInt32]
    private let counts: [Int]
    private let keySums: [Double]
    private let valueSums: [Double]
    private let dimension: Int
    private let valueDimension: Int

    /// Groups so many neighbours in `order`; the rows of the order are exactly `rows`.
    init(store: KeyValueStore, rows: Range<Int>, order: UnsafeBufferPointer<UInt32>, cellSize: Int) {
        self.rows = rows
        cellCount = (order.count + cellSize - 1) / cellSize
        dimension = store.dimension
        valueDimension = store.valueDimension
        var cellOfRow = [UInt32](repeating: 0, count: rows.count)
        var counts = [Int](repeating: 0, count: cellCount)
        var keySums = [Double](repeating: 0, count: cellCount * dimension)
        var valueSums = [Double](repeating: 0, count: cellCount * valueDimension)
        for (slot, row) in order.enumerated() {
            let cell = slot / cellSize
            cellOfRow[Int(row) - rows.lowerBound] = UInt32(cell)
            counts[cell] += 1
            let key = store.key(Int(row))
            let value = store.value(Int(row))
            for t in 0..<dimension { keySums[cell * dimension + t] += Double(key[t]) }
            for t in 0..<valueDimension { valueSums[cell * valueDimension + t] += Double(value[t]) }
        }
        self.cellOfRow = cellOfRow
        self.counts = counts
        self.keySums = keySums
        self.valueSums = valueSums
    }

    /// At most so many cells of a tree over `rows`.
    convenience init(tree: PartitionTree, rows: Range<Int>, cells: Int) {
        // Neighbouring leaves, a power of two of them, stand in one box.
        var size = PartitionTree.leafSize
        while (rows.count + size - 1) / size > cells { size *= 2 }
        self.init(store: tree.store, rows: rows, order: tree.order, cellSize: size)
    }

    /// The cell of a row inside ``rows``.
    public func cell(of row: Int) -> Int { Int(cellOfRow[row - rows.lowerBound]) }

    /// The keys of a cell.
    public func count(_ cell: Int) -> Int { counts[cell] }

    /// Adds Σ k over a cell to d sums.
    public func addKeySum(_ cell: Int, to sum: inout [Double]) {
        for t in 0..<dimension { sum[t] += keySums[cell * dimension + t] }
    }

    /// Adds Σ v over a cell to dv sums.
    public func addValueSum(_ cell: Int, to sum: inout [Double]) {
        for t in 0..<valueDimension { sum[t] += valueSums[cell * valueDimension + t] }
    }

    /// Bytes that reading the sums of every cell takes.
    public var bytes: Int { cellCount * (dimension + valueDimension + 1) * 8 }
}
