import CKernels

/// The partition tree as an index: Part 1, O(n log n) to build, for every head dimension.
public final class TreeIndex: StaticIndex, DetailedIndex {
    public static let kind = IndexKind.tree
    public let rows: Range<Int>
    let tree: PartitionTree

    public convenience init(store: KeyValueStore, rows: Range<Int>, progress: BuildProgress) throws {
        try self.init(store: store, rows: rows, threads: 1, progress: progress)
    }

    /// Builds on so many threads.
    public init(store: KeyValueStore, rows: Range<Int>, threads: Int, progress: BuildProgress) throws {
        self.rows = rows
        tree = try PartitionTree(store: store, rows: .range(rows), threads: threads, progress: progress)
    }

    public var bytes: Int { tree.bytes }

    public func report(_ query: Query, into report: Report) { tree.report(query, into: report) }

    public func aggregate(_ query: Query, weight: Weight, into sum: Aggregate) {
        tree.aggregate(query, weight: weight, into: sum)
    }

    public func stepPart(in memory: StepMemory) -> ck_step_part? {
        let part = ck_step_tree(tree: tree.layout, room: memory.treeRoom(tree.scratchShape))
        return ck_step_part(add: ck_step_add_tree, part: memory.keep(part))
    }

    func fates(of query: Query, into fates: inout [KeyFate]) { tree.fates(of: query, into: &fates) }

    var order: [UInt32] { Array(tree.order) }

    func cells(atLevel level: Int) -> [IndexCell] { tree.cells(atLevel: level) }

    func partition(cells: Int) -> IndexPartition? {
        IndexPartition(tree: tree, rows: rows, cells: cells)
    }
}
