/// Memory that a query of a tree works in, kept by the report or sum that it fills: a decode step allocates nothing, and a
/// cold one touches few pages.
final class TreeScratch {
    /// The query for the kernels: vector, frame, absolute frame, and the query as it came; d entries each.
    private(set) var vectors: UnsafeMutablePointer<Float>
    private(set) var sums: UnsafeMutablePointer<Double>
    private(set) var monomials: UnsafeMutablePointer<Double>
    private(set) var values: UnsafeMutablePointer<Float>
    private(set) var leafChunk: UnsafeMutablePointer<UInt32>
    private(set) var crossing: UnsafeMutablePointer<UInt32>
    private(set) var whole: UnsafeMutablePointer<UInt32>
    private(set) var frontier: UnsafeMutablePointer<UInt32>
    private(set) var positions: UnsafeMutablePointer<UInt32>
    private(set) var scores: UnsafeMutablePointer<Float>
    private(set) var outside = AlignedBuffer<UInt32>(count: 0)
    private(set) var outsideBounds = AlignedBuffer<Float>(count: 0)
    private var region: MemoryRegion
    private var shape: Shape

    /// Leaves handed to a kernel at once.
    static let chunk = 64

    /// What there is room for.
    struct Shape {
        var dimension = 8
        var valueDimension = 8
        var leaves = 64
        var inner = 16

        func holds(_ other: Shape) -> Bool {
            dimension >= other.dimension && valueDimension >= other.valueDimension && leaves >= other.leaves
                && inner >= other.inner
        }

        /// Makes room for another as well.
        mutating func cover(_ other: Shape) {
            dimension = max(dimension, other.dimension)
            valueDimension = max(valueDimension, other.valueDimension)
            leaves = max(leaves, other.leaves)
            inner = max(inner, other.inner)
        }
    }

    init() {
        shape = Shape()
        region = MemoryRegion(bytes: Self.bytes(shape))
        (vectors, sums, monomials, values, leafChunk) = Self.small(region, shape)
        (crossing, whole, frontier, positions, scores) = Self.lists(region, shape)
    }

    /// Grows to what a tree needs; what was there is lost.
    @inline(__always)
    func prepare(_ wanted: Shape) {
        if !shape.holds(wanted) { grow(wanted) }
    }

    private func grow(_ wanted: Shape) {
        shape.cover(wanted)
        region = MemoryRegion(bytes: Self.bytes(shape))
        (vectors, sums, monomials, values, leafChunk) = Self.small(region, shape)
        (crossing, whole, frontier, positions, scores) = Self.lists(region, shape)
    }

    /// Makes room for the list of nodes outside.
    func prepareOutside(leaves: Int) {
        guard outside.count < leaves else { return }
        outside = AlignedBuffer(count: leaves)
        outsideBounds = AlignedBuffer(count: leaves)
    }

    private static func monomials(_ shape: Shape) -> Int {
        // Orders above 1 are used for the lowest dimensions alone.
        max(TreeMoments.monomials(min(shape.dimension, 8)).reduce(0, +), shape.dimension)
    }

    private static func small(
        _ region: MemoryRegion, _ shape: Shape
    ) -> (
        UnsafeMutablePointer<Float>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>,
        UnsafeMutablePointer<Float>, UnsafeMutablePointer<UInt32>
    ) {
        (
            region.slab(4 * shape.dimension).base, region.slab(shape.valueDimension).base,
            region.slab(monomials(shape)).base, region.slab(shape.valueDimension).base, region.slab(chunk).base
        )
    }

    private static func lists(
        _ region: MemoryRegion, _ shape: Shape
    ) -> (
        UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>,
        UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<Float>
    ) {
        (
            region.slab(shape.leaves).base, region.slab(shape.leaves).base, region.slab(2 * shape.inner + 8).base,
            region.slab(listed).base, region.slab(listed).base
        )
    }

    /// Keys of a chunk of leaves, and what kernels write beyond them.
    private static let listed = chunk * 32 + 16

    private static func bytes(_ shape: Shape) -> Int {
        let words =
            4 * shape.dimension + shape.valueDimension + chunk + 2 * shape.leaves + 2 * shape.inner + 8 + 2 * listed
        return 4 * words + 8 * (shape.valueDimension + monomials(shape)) + 10 * 64
    }
}
