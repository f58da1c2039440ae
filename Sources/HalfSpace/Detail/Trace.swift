import CKernels

/// What the drivers of trees met while they answered, for pictures.
final class Trace {
    /// What drivers fill.
    let kernel: UnsafeMutablePointer<ck_trace>
    private let memory = AlignedBuffer<ck_trace>(count: 1)
    private let seen: AlignedBuffer<UInt8>
    private let groupKeys: AlignedBuffer<Int>
    private let groupBounds: AlignedBuffer<Double>
    private let nodes: AlignedBuffer<UInt32>
    private let nodeBounds: AlignedBuffer<Float>

    /// For an index of `count` keys in all.
    init(count: Int) {
        // Each part has its leaves, of which one may be short, and two groups more.
        let groups = count / PartitionTree.leafSize + 4 * StepPlan.mostParts
        seen = AlignedBuffer(count: count)
        groupKeys = AlignedBuffer(count: groups)
        groupBounds = AlignedBuffer(count: groups)
        nodes = AlignedBuffer(count: groups)
        nodeBounds = AlignedBuffer(count: groups)
        kernel = memory.base
        kernel.pointee = ck_trace()
        kernel.pointee.seen = seen.base
        kernel.pointee.group_keys = groupKeys.base
        kernel.pointee.group_bounds = groupBounds.base
        kernel.pointee.nodes = nodes.base
        kernel.pointee.node_bounds = nodeBounds.base
    }

    /// How a row was seen.
    func fate(_ row: Int) -> KeyFate { KeyFate(rawValue: seen.base[row]) ?? .pruned }

    /// Notes how a row was seen.
    func mark(_ row: Int, _ fate: KeyFate) { seen.base[row] = fate.rawValue }

    /// Notes keys that were left out, whose scores are below the threshold.
    func addPruned(_ keys: Int, bound: Double) { ck_trace_group(kernel, keys, bound) }

    /// Groups of keys that were left out, with an upper bound of their scores.
    var prunedBounds: [PrunedBound] {
        (0..<kernel.pointee.groups).map { PrunedBound(count: groupKeys.base[$0], bound: groupBounds.base[$0]) }
    }

    /// What was done on each level of the trees, leaves first.
    var levels: [LevelWork] {
        withUnsafeBytes(of: (kernel.pointee.visited, kernel.pointee.pruned, kernel.pointee.whole)) { raw in
            let counts = raw.bindMemory(to: Int.self)
            let most = Int(CK_TRACE_LEVELS)
            return (0..<Int(kernel.pointee.levels)).map { level in
                var work = LevelWork(nodeSize: PartitionTree.leafSize << (4 * level))
                work.visited = counts[level]
                work.pruned = counts[most + level]
                work.whole = counts[2 * most + level]
                work.crossing = work.visited - work.pruned - work.whole
                if level == 0 { work.tested = kernel.pointee.tested }
                return work
            }
        }
    }
}
