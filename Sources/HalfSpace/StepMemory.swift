import CKernels

/// What a description of an index for the kernel of a decode step points at, and the memory in which the kernel works.
public final class StepMemory {
    private var kept: [AnyObject] = []

    /// A part's description, at an address that stays.
    func keep<Part: BitwiseCopyable>(_ part: Part) -> UnsafeRawPointer {
        let memory = AlignedBuffer<Part>(count: 1)
        memory.base.pointee = part
        keep(memory)
        return UnsafeRawPointer(memory.base)
    }

    /// Keeps memory that a part works in.
    func keep(_ memory: AnyObject) { kept.append(memory) }

    /// Room for trees of such a shape; none where the kernel's own is enough.
    func treeRoom(_ shape: TreeScratch.Shape) -> ck_tree_room {
        guard shape.leaves > Int(CK_TREE_SMALL) || shape.valueDimension > PartitionTree.narrowValues else {
            return ck_tree_room()
        }
        let scratch = TreeScratch()
        scratch.prepare(shape)
        keep(scratch)
        return ck_tree_room(
            crossing: scratch.crossing, whole: scratch.whole, frontier: scratch.frontier, values: scratch.values)
    }
}
