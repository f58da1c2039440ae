import CKernels

/// What a descent of a tree needs memory for.
struct TreeRoom {
    var valueDimension = 0
    /// Nodes of level 0, and of level 1.
    var leaves = 0
    var inner = 0

    /// Makes room for another as well.
    mutating func cover(_ other: TreeRoom) {
        valueDimension = max(valueDimension, other.valueDimension)
        leaves = max(leaves, other.leaves)
        inner = max(inner, other.inner)
    }

    /// The memory, in one stretch; none where the driver's own is enough.
    func make(in memory: StepMemory) -> ck_tree_room {
        guard leaves > Int(CK_TREE_SMALL) || valueDimension > PartitionTree.narrowValues else { return ck_tree_room() }
        let region = MemoryRegion(
            bytes: 2 * MemoryRegion.size(leaves, of: UInt32.self)
                + MemoryRegion.size(2 * inner + 8, of: UInt32.self)
                + MemoryRegion.size(valueDimension, of: Float.self))
        memory.keep(region.owner)
        return ck_tree_room(
            crossing: region.slab(leaves).base, whole: region.slab(leaves).base,
            frontier: region.slab(2 * inner + 8).base, values: region.slab(valueDimension).base)
    }
}
