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

extension IndexKind {
    /// The partition tree with a three-way node test: the practical counterpart of the paper's Part 1.
    public static let tree = TreeIndex.kind
}
