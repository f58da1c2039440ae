import CKernels

/// The parts of an index as the kernel of a decode step takes them, with memory to work in: made anew when blocks come or
/// go, so that a step is one call.
public final class StepPlan {
    /// What the kernel is given; it stays where it is.
    package let step: UnsafeMutablePointer<ck_step>
    private let stepMemory = AlignedBuffer<ck_step>(count: 1)
    private let rowsMemory = AlignedBuffer<ck_step_rows>(count: 1)
    private let scores: AlignedBuffer<Float>
    private let near: AlignedBuffer<Float>
    private let ids: AlignedBuffer<UInt32>
    private let parts = AlignedBuffer<ck_step_part>(count: mostParts)
    private let store: KeyValueStore

    /// Blocks double in size, so there are never so many.
    private static let mostParts = Int(CK_STEP_MOST_PARTS)

    /// Over rows of the store; there are no parts yet.
    package init(store: KeyValueStore) {
        self.store = store
        step = stepMemory.base
        step.pointee.d = store.dimension
        step.pointee.dv = store.valueDimension
        step.pointee.parts = UnsafePointer(parts.base)
        rowsMemory.base.pointee.rows = store.kernelRows
        // For all rows that there may ever be, so that no append waits for memory.
        let room = store.capacity + 64 * (Self.mostParts + 1)
        scores = AlignedBuffer(count: room)
        near = AlignedBuffer(count: room)
        ids = AlignedBuffer(count: room)
        (step.pointee.scores, step.pointee.near, step.pointee.ids) = (scores.base, near.base, ids.base)
    }

    /// Reads all of `rows`, as dense attention does.
    package func setDense(_ rows: Range<Int>) {
        parts.base[0] = ck_step_part(add: ck_step_add_dense, part: UnsafeRawPointer(rowsMemory.base))
        step.pointee.count = 1
        step.pointee.dense = UnsafePointer(rowsMemory.base)
        move(to: rows)
    }

    /// The given indexes, kept by the caller until the next are set, and after them the scan of rows that ``move(to:)`` tells.
    func set(_ indexes: [PreparedIndex]) {
        precondition(indexes.count < Self.mostParts)
        for (i, index) in indexes.enumerated() { parts.base[i] = index.part }
        parts.base[indexes.count] = ck_step_part(add: ck_step_add_scan, part: UnsafeRawPointer(rowsMemory.base))
        step.pointee.count = indexes.count + 1
        step.pointee.dense = nil
    }

    /// The rows of the last part.
    @inline(__always)
    package func move(to rows: Range<Int>) {
        rowsMemory.base.pointee.first = rows.lowerBound
        rowsMemory.base.pointee.last = rows.upperBound
        step.pointee.keyNorm = store.largestKeyNorm
    }
}
