import CKernels

/// The parts of an index as the kernel of a decode step takes them, with memory to work in: made anew when blocks come or
/// go, so that a step is one call.
public final class StepPlan {
    /// What the kernel is given; it stays where it is.
    package let step: UnsafeMutablePointer<ck_step>
    private let parts: UnsafeMutablePointer<ck_step_part>
    /// The rows of the last part.
    private let rows: UnsafeMutablePointer<ck_step_rows>
    /// Parts before the last.
    private var built = 0
    /// All that the kernel is given, side by side.
    private let memory: AlignedBuffer<UInt8>
    private let scores: AlignedBuffer<Float>
    private let near: AlignedBuffer<Float>
    private let ids: AlignedBuffer<UInt32>
    private let store: KeyValueStore

    /// Blocks double in size, so there are never so many.
    private static let mostParts = Int(CK_STEP_MOST_PARTS)

    /// Over rows of the store; there are no parts yet.
    package init(store: KeyValueStore) {
        self.store = store
        let region = MemoryRegion(
            bytes: MemoryRegion.size(1, of: ck_step.self) + MemoryRegion.size(Self.mostParts, of: ck_step_part.self)
                + MemoryRegion.size(1, of: ck_step_rows.self))
        memory = region.owner
        step = region.slab(1).base
        rows = region.slab(1).base
        parts = region.slab(Self.mostParts).base
        step.pointee.d = store.dimension
        step.pointee.dv = store.valueDimension
        step.pointee.parts = UnsafePointer(parts)
        rows.pointee.rows = store.kernelRows
        // For all rows that there may ever be, so that no append waits for memory.
        let room = store.capacity + 64 * (Self.mostParts + 1)
        scores = AlignedBuffer(count: room)
        near = AlignedBuffer(count: room)
        ids = AlignedBuffer(count: room)
        (step.pointee.scores, step.pointee.near, step.pointee.ids) = (scores.base, near.base, ids.base)
    }

    /// Reads all of a range of rows, as dense attention does.
    package func setDense(_ range: Range<Int>) {
        built = 0
        parts[0] = ck_step_part(add: ck_step_add_dense, part: UnsafeRawPointer(rows))
        step.pointee.dense = UnsafePointer(rows)
        move(to: range)
    }

    /// The given indexes, kept by the caller until the next are set, and after them the scan of rows that ``move(to:)`` tells.
    func set(_ indexes: [PreparedIndex]) {
        precondition(indexes.count < Self.mostParts)
        for (i, index) in indexes.enumerated() { parts[i] = index.part }
        parts[indexes.count] = ck_step_part(add: ck_step_add_scan, part: UnsafeRawPointer(rows))
        built = indexes.count
        step.pointee.dense = nil
    }

    /// The rows of the last part.
    @inline(__always)
    package func move(to range: Range<Int>) {
        rows.pointee.first = range.lowerBound
        rows.pointee.last = range.upperBound
        // A part of no rows is code to be waited for all the same.
        step.pointee.count = range.isEmpty ? built : built + 1
        step.pointee.key_norm = store.largestKeyNorm
    }
}
