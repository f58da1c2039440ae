import CKernels

/// Where a descent through boxes lists what it reaches.
final class BoxesScratch {
    let query = AlignedBuffer<ck_boxes_query>(count: 1)
    private(set) var nodes = AlignedBuffer<UInt32>(count: 64)
    private(set) var nodeDots = AlignedBuffer<Float>(count: 64)
    private(set) var leaves = AlignedBuffer<UInt32>(count: 64)
    private(set) var leasts = AlignedBuffer<Int32>(count: 64)

    /// Makes room; kernels write a vector past the last entry.
    func reserve(leaves count: Int, nodes nodeCount: Int) {
        if nodes.count < nodeCount + 32 {
            nodes = AlignedBuffer(count: 2 * nodeCount + 32)
            nodeDots = AlignedBuffer(count: 2 * nodeCount + 32)
        }
        if leaves.count < count + 32 {
            leaves = AlignedBuffer(count: 2 * count + 32)
            leasts = AlignedBuffer(count: 2 * count + 32)
        }
    }
}

/// The addresses of a ``BoxesScratch``, valid until more room is asked for.
struct BoxesRoom {
    let query: UnsafeMutablePointer<ck_boxes_query>
    let nodes: UnsafeMutablePointer<UInt32>
    let nodeDots: UnsafeMutablePointer<Float>
    let leaves: UnsafeMutablePointer<UInt32>
    let leasts: UnsafeMutablePointer<Int32>
}

extension Scratch {
    /// Room for lists of nodes and leaves.
    func boxes(leaves: Int, nodes: Int) -> BoxesRoom {
        let room = boxesScratch
        room.reserve(leaves: leaves, nodes: nodes)
        return BoxesRoom(
            query: room.query.base, nodes: room.nodes.base, nodeDots: room.nodeDots.base, leaves: room.leaves.base,
            leasts: room.leasts.base)
    }
}
