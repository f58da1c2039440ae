import CKernels

/// The partition tree as an index: Part 1, O(n log n) to build, for every head dimension.
public final class TreeIndex: StaticIndex, DetailedIndex {
    public static let description = IndexDescription(
        name: "tree", summary: "a partition tree, the practical counterpart of the paper's Part 1",
        dimensions: 1...Int.max,
        search: .levels(
            outlines:
                "Outlines: the index's own cells. It goes down only where the line crosses, drops a cell outside whole "
                + "and takes a cell inside whole."))

    public let rows: Range<Int>
    let tree: PartitionTree

    /// Builds on so many threads.
    public init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws
    {
        self.rows = rows
        tree = try PartitionTree(store: store, rows: .range(rows), threads: threads, progress: progress)
    }

    public var bytes: Int { tree.bytes }

    public func driver(in memory: StepMemory) -> ck_part {
        let index = ck_tree_index(tree: tree.layout, room: tree.room.make(in: memory))
        return ck_part(find: ck_find_tree, index: memory.keep(index), lists_values: 0, traces: 1)
    }

    var order: [UInt32] { Array(tree.order) }

    func cells(atLevel level: Int) -> [IndexCell] { tree.cells(atLevel: level) }

    func partition(cells: Int) -> IndexPartition? {
        IndexPartition(tree: tree, rows: rows, cells: cells)
    }
}

extension IndexKind {
    /// The partition tree with a three-way node test: the practical counterpart of the paper's Part 1.
    public static let tree = TreeIndex.kind
}
