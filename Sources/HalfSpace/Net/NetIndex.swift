import CKernels
import Foundation

/// A directory of query directions: Part 2, for few dimensions and keys that stay.
///
/// Each cell of directions holds copies of every key that a query of that direction can report as long as it asks for at
/// least the cell's distance from the origin (a shallow cutting in spirit), in a partition tree whose nodes lie along the
/// cell's boundary planes: wide across the direction, thin along it. A query that asks for less goes to a tree over all
/// keys. The practical counterpart of Part 2 of half-space reporting in arXiv 2410.10165.
public final class NetIndex: StaticIndex {
    public static let description = IndexDescription(
        name: "net", summary: "cells of query directions, the practical counterpart of the paper's Part 2",
        dimensions: 1...NetPlan.mostDimensions,
        search: .levels(
            outlines: "Outlines: the index's cells of directions; the query asks the one that it points into."))

    /// Its cells pay only where keys stay.
    public static var growsBy: IndexKind { .tree }

    public let rows: Range<Int>
    let fallback: PartitionTree
    let directions: DirectionCells
    let cells: [NetCell]
    /// The cells and the borders between them as the kernel reads them.
    private let directory: AlignedBuffer<ck_net_cell>
    private let borders: AlignedBuffer<Double>
    /// Keys copied into cells, for each key.
    public let copies: Double

    /// Builds for queries with `b√d/‖q‖ ≥ hints.leastDistance`; if that is not known, for those that the calibrated threshold
    /// asks: the mean of the projections and most of √(0.4 ln n) of their standard deviations.
    /// - Throws: ``IndexCannotServe`` where the cells would need too much memory.
    public init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws
    {
        self.rows = rows
        let plan = try NetPlan(store: store, rows: rows, leastDistance: hints.leastDistance)
        directions = plan.directions
        fallback = try PartitionTree(store: store, rows: .range(rows), threads: threads) { try progress(0.2 * $0) }
        cells = try plan.makeCells(threads: threads) { try progress(0.2 + 0.8 * $0) }
        copies = rows.isEmpty ? 0 : Double(cells.reduce(0) { $0 + $1.tree.count }) / Double(rows.count)
        directory = AlignedBuffer(count: cells.count)
        for (i, cell) in cells.enumerated() {
            directory.base[i] = ck_net_cell(least: cell.least, tree: UnsafePointer(cell.tree.layout))
        }
        borders = AlignedBuffer(count: directions.borders.count)
        borders.base.update(from: directions.borders, count: directions.borders.count)
        try progress(1)
    }

    public var bytes: Int { fallback.bytes + cells.reduce(0) { $0 + $1.tree.bytes } }

    public func driver(in memory: StepMemory) -> ck_part {
        var room = fallback.room
        for cell in cells { room.cover(cell.tree.room) }
        let index = ck_net_index(
            d: Int32(directions.dimension), parts: Int32(directions.parts), borders: borders.base,
            cells: directory.base, all: ck_tree_index(tree: fallback.layout, room: room.make(in: memory)))
        return ck_part(find: ck_find_net, index: memory.keep(index), lists_values: 0, traces: 1)
    }
}

/// The keys that queries of one cell of directions can report.
struct NetCell: Sendable {
    /// It answers queries whose half-space is at least so far from the origin.
    let least: Double
    let tree: PartitionTree
}

extension NetIndex: DetailedIndex {
    var order: [UInt32] { Array(fallback.order) }

    /// Level 0: for each cell its directions beyond its least distance. Above it: the boxes of the tree for other queries.
    func cells(atLevel level: Int) -> [IndexCell] {
        guard level == 0 else { return fallback.cells(atLevel: level - 1) }
        var reach = 0.0
        for t in 0..<fallback.store.dimension { reach += fallback.largestEntry[t] * fallback.largestEntry[t] }
        return cells.enumerated().map { number, cell in
            let corners = directions.directions(of: number).corners.map { SIMD2($0[0], $0[1]) }
            let least = max(0, min(cell.least, reach.squareRoot()))
            return IndexCell(
                corners: [
                    corners[0] * least, corners[1] * least, corners[1] * reach.squareRoot(),
                    corners[0] * reach.squareRoot(),
                ], count: cell.tree.count)
        }
    }

    func partition(cells: Int) -> IndexPartition? {
        IndexPartition(tree: fallback, rows: rows, cells: cells)
    }
}

extension IndexKind {
    /// Cells of query directions: the practical counterpart of Part 2.
    public static let net = NetIndex.kind
}
