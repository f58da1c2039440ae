import CKernels

extension TreeBuilder {
    /// Bytes of everything that a tree keeps.
    func bytes(momentOrder: Int) -> Int {
        let (d, dv) = (store.dimension, store.valueDimension)
        let groups = nodes.reduce(0) { $0 + ($1 + PartitionTree.fanout - 1) / PartitionTree.fanout }
        let strides = TreeMoments.strides(dimension: d, valueDimension: dv)
        let total = nodes.reduce(0, +)
        return MemoryRegion.size(1, of: ck_tree.self) + MemoryRegion.size(2 * d + d * d, of: Double.self)
            + MemoryRegion.size(3 * nodes.count, of: Int.self) + MemoryRegion.size(groups * d * 32, of: Float.self)
            + MemoryRegion.size(count, of: UInt32.self)
            + MemoryRegion.size((nodes.first ?? 0) * leafStride, of: Float.self)
            + strides[..<momentOrder].reduce(0) { $0 + MemoryRegion.size(total * $1, of: Float.self) }
    }

    /// The largest entries of keys and of their frame's coordinates, and the frame's axes.
    func makeHead(in region: MemoryRegion) -> UnsafePointer<Double> {
        let d = store.dimension
        let head = region.slab(2 * d + d * d, of: Double.self).base
        for t in 0..<d {
            head[t] = largestEntry[t]
            head[d + t] = largestFramed[t]
        }
        for (i, x) in (frame?.axes ?? []).enumerated() { head[2 * d + i] = x }
        return UnsafePointer(head)
    }

    /// The boxes of all levels, and for each level its nodes, where its boxes start, and where its nodes start.
    func makeBoxes(in region: MemoryRegion) -> (boxes: Slab<Float>, sizes: Slab<Int>) {
        let d = store.dimension
        let sizes = region.slab(3 * nodes.count, of: Int.self)
        var floats = 0
        var before = 0
        for (level, count) in nodes.enumerated() {
            sizes.base[level] = count
            sizes.base[nodes.count + level] = floats
            sizes.base[2 * nodes.count + level] = before
            floats += (count + PartitionTree.fanout - 1) / PartitionTree.fanout * d * 32
            before += count
        }
        let boxes = region.slab(floats, of: Float.self)
        // Bounds of the level below: [node][low d, high d].
        var below: [Float] = []
        for (level, count) in nodes.enumerated() {
            var bounds = [Float](repeating: 0, count: count * 2 * d)
            let start = sizes.base[nodes.count + level]
            bounds.withUnsafeMutableBufferPointer { bounds in
                for node in 0..<count {
                    for t in 0..<d {
                        let (low, high) =
                            level == 0
                            ? leafBounds(node, axis: t)
                            : childBounds(below, node, axis: t, among: nodes[level - 1])
                        bounds[node * 2 * d + t] = low
                        bounds[node * 2 * d + d + t] = high
                        let centre = Float(0.5 * (Double(low) + Double(high)))
                        let at = start + node / PartitionTree.fanout * d * 32 + t * 32 + node % PartitionTree.fanout
                        boxes.base[at] = centre
                        boxes.base[at + 16] = Self.roundedUp(
                            max(Double(high) - Double(centre), Double(centre) - Double(low)))
                    }
                }
            }
            below = bounds
        }
        return (boxes, sizes)
    }

    private func leafBounds(_ leaf: Int, axis: Int) -> (Float, Float) {
        let d = store.dimension
        var low = Float.infinity
        var high = -Float.infinity
        let first = leaf * PartitionTree.leafSize
        for slot in first..<min(first + PartitionTree.leafSize, count) {
            let x = coordinates.base[slot * d + axis]
            low = min(low, x)
            high = max(high, x)
        }
        return (low, high)
    }

    private func childBounds(_ below: [Float], _ node: Int, axis: Int, among count: Int) -> (Float, Float) {
        let d = store.dimension
        var low = Float.infinity
        var high = -Float.infinity
        for child in node * PartitionTree.fanout..<min((node + 1) * PartitionTree.fanout, count) {
            low = min(low, below[child * 2 * d + axis])
            high = max(high, below[child * 2 * d + d + axis])
        }
        return (low, high)
    }

    private static func roundedUp(_ x: Double) -> Float {
        let rounded = Float(x)
        return Double(rounded) < x ? rounded.nextUp : rounded
    }

    /// Keys and values in tree order, as the kernels read them; slots beyond the last key are zero.
    func makeLeaves(in region: MemoryRegion) -> Slab<Float> {
        let d = store.dimension
        let dv = store.valueDimension
        let size = PartitionTree.leafSize
        let leaves = region.slab((nodes.first ?? 0) * leafStride, of: Float.self)
        let narrow = dv <= PartitionTree.narrowValues
        let rows = store.kernelRows
        let (keyRoom, valueRoom) = (AlignedBuffer<Float>(count: d), AlignedBuffer<Float>(count: dv))
        for leaf in 0..<(nodes.first ?? 0) {
            let base = leaves.base + leaf * leafStride
            let valueBase = base + d * size
            let present = min(size, count - leaf * size)
            for i in 0..<present {
                let row = Int(positions.base[leaf * size + i])
                guard let key = ck_row(rows.keys, row, d, keyRoom.base),
                    let value = ck_row(rows.values, row, dv, valueRoom.base)
                else { continue }
                if keyScale == 1 {
                    for t in 0..<d { base[t * size + i] = key[t] }
                } else {
                    for t in 0..<d { base[t * size + i] = Float(Double(key[t]) * keyScale) }
                }
                if narrow {
                    for t in 0..<dv { valueBase[t * size + i] = value[t] }
                } else {
                    for t in 0..<dv { valueBase[i * dv + t] = value[t] }
                }
            }
        }
        return leaves
    }
}
