import HalfSpace

/// Cells of keys with their sums: what the leaf-mean residual needs of an index.
public protocol KeyPartition: Sendable {
    /// The rows that it divides; keys outside stand in no cell.
    var rows: Range<Int> { get }
    var cellCount: Int { get }
    /// The cell of a row inside ``rows``.
    func cell(of row: Int) -> Int
    /// The keys of a cell.
    func count(_ cell: Int) -> Int
    /// Σ k over a cell, d floats.
    func addKeySum(_ cell: Int, to sum: inout [Double])
    /// Σ v over a cell, dv floats.
    func addValueSum(_ cell: Int, to sum: inout [Double])
}

/// Keys halved at the median of their widest coordinate, again and again: balanced cells at every level, each with its sums.
///
/// It serves where the index in use keeps no nodes (at high d the fastest one scans codes). O(n log n · d) to build.
public final class MedianPartition: KeyPartition {
    public let rows: Range<Int>
    /// Levels below the root: the cut at level l has 2^l cells.
    public let depth: Int
    /// The level of the cut in use; 0 is one cell for all keys.
    public let level: Int
    private let leafOfRow: [UInt32]
    private let counts: [Int]
    private let keySums: [Double]
    private let valueSums: [Double]
    private let dimension: Int
    private let valueDimension: Int

    public var cellCount: Int { 1 << level }

    /// Halves until a leaf holds at most `leaf` keys, and sums at that cut.
    public convenience init(store: KeyValueStore, rows: Range<Int>, leaf: Int = 32) {
        self.init(store: store, rows: rows, depth: MedianOrder.depth(rows.count, leaf: max(1, leaf)))
    }

    private init(store: KeyValueStore, rows: Range<Int>, depth: Int) {
        self.rows = rows
        self.depth = depth
        level = depth
        dimension = store.dimension
        valueDimension = store.valueDimension
        let cells = 1 << depth
        let keys = store.floatKeys(rows)
        let order = Self.order(keys.base, rows: rows, dimension: store.dimension, depth: depth)
        let bounds = Self.bounds(order.count, cells: cells)
        var leafOfRow = Array(repeating: UInt32(0), count: rows.count)
        var counts = Array(repeating: 0, count: cells)
        var keySums = Array(repeating: 0.0, count: cells * store.dimension)
        var valueSums = Array(repeating: 0.0, count: cells * store.valueDimension)
        for cell in 0..<cells {
            counts[cell] = bounds[cell + 1] - bounds[cell]
            for row in order[bounds[cell]..<bounds[cell + 1]] {
                leafOfRow[row - rows.lowerBound] = UInt32(cell)
                let key = store.key(row)
                let value = store.value(row)
                for t in key.indices { keySums[cell * key.count + t] += Double(key[t]) }
                for t in value.indices { valueSums[cell * value.count + t] += Double(value[t]) }
            }
        }
        self.leafOfRow = leafOfRow
        self.counts = counts
        self.keySums = keySums
        self.valueSums = valueSums
    }

    /// The cut of another partition at a coarser level.
    private init(_ fine: MedianPartition, level: Int) {
        rows = fine.rows
        depth = fine.depth
        self.level = level
        dimension = fine.dimension
        valueDimension = fine.valueDimension
        leafOfRow = fine.leafOfRow
        let shift = fine.level - level
        counts = Self.merge(fine.counts.map(Double.init), width: 1, shift: shift).map { Int($0) }
        keySums = Self.merge(fine.keySums, width: dimension, shift: shift)
        valueSums = Self.merge(fine.valueSums, width: valueDimension, shift: shift)
    }

    /// The same keys in 2^level cells, at most as fine as this one.
    public func cut(atLevel level: Int) -> MedianPartition {
        MedianPartition(self, level: min(max(level, 0), self.level))
    }

    public func cell(of row: Int) -> Int { Int(leafOfRow[row - rows.lowerBound]) >> (depth - level) }
    public func count(_ cell: Int) -> Int { counts[cell] }

    public func addKeySum(_ cell: Int, to sum: inout [Double]) {
        for t in 0..<dimension { sum[t] += keySums[cell * dimension + t] }
    }

    public func addValueSum(_ cell: Int, to sum: inout [Double]) {
        for t in 0..<valueDimension { sum[t] += valueSums[cell * valueDimension + t] }
    }

    /// Where cells start when every cell is halved at each level: as ``MedianOrder`` halves them.
    private static func bounds(_ count: Int, cells: Int) -> [Int] {
        var bounds = [0, count]
        while bounds.count - 1 < cells {
            var finer: [Int] = []
            for i in 0..<(bounds.count - 1) { finer += [bounds[i], (bounds[i] + bounds[i + 1]) / 2] }
            bounds = finer + [count]
        }
        return bounds
    }

    /// Rows in an order whose halves, quarters and so on are the cells.
    private static func order(
        _ keys: UnsafePointer<Float>, rows: Range<Int>, dimension: Int, depth: Int
    ) -> [Int] {
        MedianOrder.order(keys, count: rows.count, dimension: dimension, depth: depth)
            .map { rows.lowerBound + Int($0) }
    }

    private static func merge(_ fine: [Double], width: Int, shift: Int) -> [Double] {
        var sums = Array(repeating: 0.0, count: fine.count >> shift)
        for i in 0..<(fine.count / width) {
            for t in 0..<width { sums[(i >> shift) * width + t] += fine[i * width + t] }
        }
        return sums
    }
}

/// The cells of an index's own tree.
extension IndexPartition: KeyPartition {}
