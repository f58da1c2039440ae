import CKernels

/// Room for what a query lists on its way to an answer; it grows and is used again.
package final class Scratch {
    /// Candidates: row numbers or the index's own, parallel to `dots` and `weights`.
    package private(set) var ids: UnsafeMutablePointer<UInt32>
    package private(set) var dots: UnsafeMutablePointer<Float>
    package private(set) var weights: UnsafeMutablePointer<Float>
    private var buffers: (AlignedBuffer<UInt32>, AlignedBuffer<Float>, AlignedBuffer<Float>)
    private var capacity: Int
    private var query: AlignedBuffer<Float>

    /// Kernels write whole vectors past the last entry.
    private static let slack = 64

    package init(capacity: Int = 1024) {
        self.capacity = capacity
        query = AlignedBuffer(count: 256)
        buffers = Self.make(capacity)
        ids = buffers.0.base
        dots = buffers.1.base
        weights = buffers.2.base
    }

    private static func make(_ capacity: Int) -> (AlignedBuffer<UInt32>, AlignedBuffer<Float>, AlignedBuffer<Float>) {
        (
            AlignedBuffer(count: capacity + slack), AlignedBuffer(count: capacity + slack),
            AlignedBuffer(count: capacity + slack)
        )
    }

    /// Makes room for `count` entries; what was listed before is lost if it grows.
    package func reserve(_ count: Int) {
        guard count > capacity else { return }
        capacity = max(count, 2 * capacity)
        buffers = Self.make(capacity)
        ids = buffers.0.base
        dots = buffers.1.base
        weights = buffers.2.base
    }

    /// The query times `scale`, padded with zeros to a multiple of 16; valid until the next call.
    package func padded(_ vector: [Float], scale: Float = 1) -> UnsafePointer<Float> {
        let d = vector.count
        let length = (d + 15) & ~15
        if length > query.count { query = AlignedBuffer(count: 2 * length) }
        let base = query.base
        vector.withUnsafeBufferPointer { source in
            for t in 0..<d { base[t] = source[t] * scale }
        }
        for t in d..<length { base[t] = 0 }
        return UnsafePointer(base)
    }
}
