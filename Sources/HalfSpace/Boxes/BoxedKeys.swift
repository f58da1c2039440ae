import CKernels

/// Keys and values in an order in which near keys stand together, with boxes around every 32 of them and codes inside.
///
/// A record holds a key and its value, so that a member costs one visit to memory. Boxes of leaves are stored in 8 bits
/// relative to the float32 box of their node, codes of keys in 4 bits relative to the centre of their leaf.
final class BoxedKeys: @unchecked Sendable {
    let count: Int
    /// The view that kernels take.
    let view: ck_boxes
    /// The store's row of every slot.
    let positions: AlignedBuffer<UInt32>
    /// Floats from a record to the next, and where its value starts.
    let stride: Int
    let valueOffset: Int
    private let memory: AlignedBuffer<UInt8>

    static let leafKeys = Int(CK_LEAF)
    static let nodeLeaves = Int(CK_LEAVES)

    /// Orders and encodes rows of a store; O(n·d·log n). Records are kept for whoever reads them.
    init(
        store: KeyValueStore, rows: Range<Int>, threads: Int, keepsRecords: Bool = true, progress: BuildProgress
    ) throws {
        let (d, dv) = (store.dimension, store.valueDimension)
        count = rows.count
        (stride, valueOffset) = Self.layout(d, dv)
        let builder = try TreeBuilder(store: store, rows: .range(rows), frame: nil, threads: threads)
        try builder.partition { try progress(0.7 * $0) }
        positions = builder.positions
        let leaves = (count + Self.leafKeys - 1) / Self.leafKeys
        let nodes = (leaves + Self.nodeLeaves - 1) / Self.nodeLeaves
        let (boxBytes, leafBytes) = (ck_node_bytes(d), ck_leaf_bytes(d))
        let topFloats = ((nodes + 15) / 16) * 16 * (2 * d + 1) + 16
        let recordFloats = (count + 64) * stride + 64
        let recordBytes = MemoryRegion.size(recordFloats, of: Float.self)
        let region = MemoryRegion(
            bytes: MemoryRegion.size(d, of: Float.self) + MemoryRegion.size(topFloats, of: Float.self)
                + MemoryRegion.size(nodes * boxBytes + 64, of: UInt8.self)
                + MemoryRegion.size(leaves * leafBytes + 64, of: UInt8.self) + (keepsRecords ? recordBytes : 0))
        memory = region.owner
        // Codes are made from records, also where these are not kept.
        let home = keepsRecords ? region : MemoryRegion(bytes: recordBytes)
        let largest = region.slab(d, of: Float.self)
        let tops = region.slab(topFloats, of: Float.self)
        let boxes = region.slab(nodes * boxBytes + 64, of: UInt8.self)
        let codes = region.slab(leaves * leafBytes + 64, of: UInt8.self)
        let records = home.slab(recordFloats, of: Float.self)
        for t in 0..<d { largest.base[t] = Float(builder.largestEntry[t]) }
        var view = ck_boxes(
            count: count, d: d, leaves: leaves, nodes: nodes, tops: tops.base, boxes: boxes.base, box_bytes: boxBytes,
            codes: codes.base, leaf_bytes: leafBytes, keys: records.base, stride: stride, largest: largest.base)
        nonisolated(unsafe) let whole = view
        if !keepsRecords { view.keys = nil }
        self.view = view
        try fill(records.base, from: store) { try progress(0.7 + 0.15 * $0) }
        let step = Self.chooseStep(whole)
        let encode: @Sendable (Range<Int>) -> Void = { range in
            var view = whole
            ck_boxes_encode(&view, range.lowerBound, range.upperBound, step)
        }
        try CodedKeys.inSlices(nodes, threads: threads, progress: { try progress(0.85 + 0.15 * $0) }, encode)
        withExtendedLifetime(home) {}
        #if INVARIANTS
            checkInvariants(store: store)
        #endif
    }

    /// A key and a value of up to 8 floats fill one cache line; longer records start at one.
    static func layout(_ d: Int, _ dv: Int) -> (stride: Int, valueOffset: Int) {
        let offset = d <= 8 ? 8 : (d + 15) & ~15
        return ((offset + dv + 15) & ~15, offset)
    }

    /// The values, `stride` floats apart, if records are kept.
    var values: UnsafePointer<Float>? { view.keys.map { $0 + valueOffset } }

    /// Memory held, in bytes.
    var bytes: Int { memory.bytes + positions.bytes }

    /// The boxes as a driver is handed them, with memory to work in; kernels write a vector past the last entry of a list.
    func driverIndex(in memory: StepMemory) -> ck_boxes_index {
        let members = memory.members(min(Int(CK_BOXES_STRETCH), view.leaves) * Self.leafKeys)
        return ck_boxes_index(
            boxes: view, values: values, rows: positions.base, query: memory.room(1),
            nodes: memory.room(view.nodes + 32), leaves: memory.room(view.leaves + 32),
            node_dots: memory.room(view.nodes + 32), leasts: memory.room(view.leaves + 32), members: members)
    }

    /// Copies keys and values into records.
    private func fill(
        _ records: UnsafeMutablePointer<Float>, from store: KeyValueStore, progress: BuildProgress
    ) throws {
        let rows = store.kernelRows
        let (d, dv) = (store.dimension, store.valueDimension)
        for slot in 0..<count {
            if slot % (1 << 16) == 0 { try progress(Double(slot) / Double(count)) }
            let row = Int(positions.base[slot])
            let record = records + slot * stride
            ck_widen(rows.keys.base, rows.keys.format, row * d, d, record)
            ck_widen(rows.values.base, rows.values.format, row * dv, dv, record + valueOffset)
        }
    }

    /// The step of the codes, in root mean squares, with the least error on a few nodes.
    private static func chooseStep(_ boxes: ck_boxes) -> Float {
        var view = boxes
        var best: (step: Float, error: Double) = (0.3, .infinity)
        guard view.nodes > 0 else { return best.step }
        let sample = Set([0, view.nodes / 3, view.nodes / 2, view.nodes - 1])
        for step: Float in [0.15, 0.2, 0.23, 0.26, 0.29, 0.32, 0.36, 0.42, 0.5] {
            var error = 0.0
            for node in sample { error += ck_boxes_error(&view, node, node + 1, step) }
            if error < best.error { best = (step, error) }
        }
        return best.step
    }
}
