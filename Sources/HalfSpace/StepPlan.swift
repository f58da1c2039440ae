import CKernels

/// The parts of an index as the kernel of a decode step takes them, with memory to work in: made anew when blocks come or
/// go, so that a step is one call.
public final class StepPlan {
    /// What the kernel is given; it stays where it is.
    package let step: UnsafeMutablePointer<ck_step>
    private let stepMemory = AlignedBuffer<ck_step>(count: 1)
    private let rowsMemory = AlignedBuffer<ck_step_rows>(count: 1)
    private var scores = AlignedBuffer<Float>(count: 0)
    private var ids = AlignedBuffer<UInt32>(count: 0)
    private var parts = AlignedBuffer<ck_step_part>(count: 2)
    private var kept: [AnyObject] = []
    private let store: KeyValueStore

    /// Over rows of the store; there are no parts yet.
    package init(store: KeyValueStore) {
        self.store = store
        step = stepMemory.base
        step.pointee.d = store.dimension
        step.pointee.dv = store.valueDimension
        rowsMemory.base.pointee.rows = store.kernelRows
    }

    /// Reads all of `rows`, as dense attention does.
    package func setDense(_ rows: Range<Int>) {
        parts.base[0] = ck_step_part(add: ck_step_add_dense, part: UnsafeRawPointer(rowsMemory.base))
        step.pointee.parts = UnsafePointer(parts.base)
        step.pointee.count = 1
        step.pointee.dense = UnsafePointer(rowsMemory.base)
        move(to: rows)
    }

    /// The given indexes, and after them the scan of rows that ``move(to:)`` tells.
    func set(_ indexes: [any StaticIndex]) {
        kept = []
        parts = AlignedBuffer(count: indexes.count + 1)
        for (i, index) in indexes.enumerated() {
            parts.base[i] = index.stepPart(in: self) ?? ck_step_part(add: ck_step_refuse, part: nil)
        }
        parts.base[indexes.count] = ck_step_part(add: ck_step_add_scan, part: UnsafeRawPointer(rowsMemory.base))
        step.pointee.parts = UnsafePointer(parts.base)
        step.pointee.count = indexes.count + 1
        step.pointee.dense = nil
    }

    /// The rows of the last part.
    @inline(__always)
    package func move(to rows: Range<Int>) {
        rowsMemory.base.pointee.first = rows.lowerBound
        rowsMemory.base.pointee.last = rows.upperBound
        step.pointee.keyNorm = store.largestKeyNorm
        let room = rows.upperBound + 64 * (step.pointee.count + 1)
        if scores.count < room { grow(to: room) }
    }

    /// Room for so many scores and half as many again, so that appended keys seldom need more.
    private func grow(to room: Int) {
        scores = AlignedBuffer(count: room + room / 2)
        ids = AlignedBuffer(count: scores.count)
        (step.pointee.scores, step.pointee.ids) = (scores.base, ids.base)
    }

    /// A part's description, kept as long as the parts are.
    func keep<Part: BitwiseCopyable>(_ part: Part) -> UnsafeRawPointer {
        let memory = AlignedBuffer<Part>(count: 1)
        memory.base.pointee = part
        keep(memory)
        return UnsafeRawPointer(memory.base)
    }

    /// Keeps memory that a part works in as long as the parts are.
    func keep(_ memory: AnyObject) { kept.append(memory) }

    /// Memory for trees of such a shape, kept as long as the parts are.
    func treeRoom(_ shape: TreeScratch.Shape) -> ck_tree_room {
        guard shape.leaves > Int(CK_TREE_SMALL) || store.valueDimension > PartitionTree.narrowValues else {
            return ck_tree_room()
        }
        let scratch = TreeScratch()
        scratch.prepare(shape)
        keep(scratch)
        return ck_tree_room(
            crossing: scratch.crossing, whole: scratch.whole, frontier: scratch.frontier, values: scratch.values)
    }
}
