import CKernels

/// A balanced partition tree over some rows of a store, in the layout that the kernels read.
///
/// Boxes stand in groups of 16 siblings, centres and half-widths in structure of arrays; leaves hold 32 keys beside
/// their values. The boxes may live in a rotated frame with weighted axes, so that cells for one direction of query are
/// thin along it. The practical counterpart of Part 1 of half-space reporting in arXiv 2410.10165.
final class PartitionTree: @unchecked Sendable {
    static let leafSize = Int(CK_TREE_LEAF)
    static let fanout = Int(CK_TREE_FANOUT)
    /// Nodes of the highest level, at most.
    static let top = Int(CK_TREE_TOP)
    /// Values of at most this length stand in structure of arrays.
    static let narrowValues = Int(CK_TREE_NARROW)

    let store: KeyValueStore
    /// Keys held.
    let count: Int
    /// Levels of boxes, 0 for an empty tree.
    let levels: Int
    /// Nodes of each level, leaves first.
    let nodes: [Int]
    /// Where the boxes are, if not along the axes of the keys.
    let frame: Frame?
    /// Power of two that takes the keys to where no float32 sum can overflow; 1 unless they are extreme.
    let keyScale: Double
    /// The largest |k_t| of each dimension, of the keys as stored.
    let largestEntry: UnsafePointer<Double>
    /// What a descent needs memory for.
    let room: TreeRoom
    /// The order up to which whole nodes can answer by moments, 0 to 3.
    let momentOrder: Int
    /// The store's row of every slot.
    let positions: Slab<UInt32>

    let layout: UnsafeMutablePointer<ck_tree>
    private let sizes: Slab<Int>
    private let boxes: Slab<Float>
    private let leaves: Slab<Float>
    private let moments: [Slab<Float>]
    private let memory: AlignedBuffer<UInt8>

    /// Builds over the given rows of the store; O(n log n).
    init(
        store: KeyValueStore, rows: RowSelection, frame: Frame? = nil, threads: Int = 1, momentOrder: Int? = nil,
        arena: MemoryArena? = nil, progress: BuildProgress
    ) throws {
        self.store = store
        self.frame = frame
        count = rows.count
        let builder = try TreeBuilder(store: store, rows: rows, frame: frame, threads: threads)
        try builder.partition { try progress(0.7 * $0) }
        nodes = builder.nodes
        levels = builder.nodes.count
        keyScale = builder.keyScale
        let order = momentOrder ?? TreeMoments.order(dimension: store.dimension, valueDimension: store.valueDimension)
        let bytes = builder.bytes(momentOrder: order)
        let region = arena?.region(bytes: bytes) ?? MemoryRegion(bytes: bytes)
        memory = region.owner
        layout = region.slab(1, of: ck_tree.self).base
        largestEntry = builder.makeHead(in: region)
        (boxes, sizes) = builder.makeBoxes(in: region)
        try progress(0.8)
        positions = region.slab(count)
        positions.base.update(from: builder.positions.base, count: count)
        leaves = builder.makeLeaves(in: region)
        try progress(0.9)
        moments = TreeMoments.make(for: builder, leaves: leaves, order: order, in: region)
        self.momentOrder = moments.count
        room = TreeRoom(
            valueDimension: store.valueDimension, leaves: builder.nodes.first ?? 0,
            inner: builder.nodes.count > 1 ? builder.nodes[1] : 1)
        try progress(1)

        layout.pointee = ck_tree()
        layout.pointee.count = count
        layout.pointee.d = Int32(store.dimension)
        layout.pointee.dv = Int32(store.valueDimension)
        layout.pointee.levels = Int32(levels)
        layout.pointee.nodes = UnsafePointer(sizes.base)
        layout.pointee.box_start = layout.pointee.nodes + levels
        layout.pointee.node_start = layout.pointee.nodes + 2 * levels
        layout.pointee.boxes = UnsafePointer(boxes.base)
        layout.pointee.leaves = UnsafePointer(leaves.base)
        layout.pointee.leaf_stride = builder.leafStride
        layout.pointee.positions = UnsafePointer(positions.base)
        layout.pointee.head = largestEntry
        layout.pointee.framed = frame == nil ? 0 : 1
        layout.pointee.key_scale = keyScale
        layout.pointee.store_keys = store.kernelRows.keys
        let strides = TreeMoments.strides(dimension: store.dimension, valueDimension: store.valueDimension)
        layout.pointee.moment_stride = (strides[0], strides[1], strides[2])
        layout.pointee.moments = (
            moments.count > 0 ? UnsafePointer(moments[0].base) : nil,
            moments.count > 1 ? UnsafePointer(moments[1].base) : nil,
            moments.count > 2 ? UnsafePointer(moments[2].base) : nil
        )
        #if INVARIANTS
            checkInvariants()
        #endif
    }

    /// Bytes held: boxes, leaves, moments, and the order of the rows.
    var bytes: Int { boxes.bytes + leaves.bytes + positions.bytes + moments.reduce(0) { $0 + $1.bytes } }

    /// The slots of a node.
    func slots(level: Int, node: Int) -> Range<Int> {
        let size = Self.leafSize << (4 * level)
        return min(node * size, count)..<min((node + 1) * size, count)
    }

    /// The box of a node in the frame's coordinates times `keyScale`: centre and half-width of each axis.
    func box(level: Int, node: Int) -> (centre: [Float], half: [Float]) {
        precondition(level < levels && node < nodes[level])
        let d = store.dimension
        let start = sizes.base[levels + level] + node / Self.fanout * d * 32 + node % Self.fanout
        return (
            (0..<d).map { boxes.base[start + 32 * $0] }, (0..<d).map { boxes.base[start + 32 * $0 + 16] }
        )
    }
}

/// Which rows of a store an index holds.
enum RowSelection {
    case range(Range<Int>)
    case list([UInt32])

    var count: Int {
        switch self {
        case .range(let rows): rows.count
        case .list(let rows): rows.count
        }
    }
}
