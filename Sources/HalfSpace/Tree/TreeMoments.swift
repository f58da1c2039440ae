/// Sums over nodes with which a node wholly inside the half-space answers without its keys being read.
///
/// With x a key less the node's mean, a ReLU^p weight is a polynomial of degree p in ⟨q, x⟩; so the sums of the monomials
/// of x, and of the monomials times the value, give the node's share of `Σ w·v` and `Σ w`. Everything is summed in
/// float64 about the mean and stored in float32.
enum TreeMoments {
    /// The order that pays: whole nodes are common only at low d, and a node's moments should be fewer than the entries of
    /// its leaf.
    static func order(dimension d: Int, valueDimension dv: Int) -> Int {
        if d <= 3 && dv <= 4 { return 3 }
        return d <= 6 && dv <= 16 ? 1 : 0
    }

    /// Monomials of degree 1, 2 and 3 in d variables.
    static func monomials(_ d: Int) -> [Int] { [d, d * (d + 1) / 2, d * (d + 1) * (d + 2) / 6] }

    /// Floats of a node for each order.
    static func strides(dimension d: Int, valueDimension dv: Int) -> [Int] {
        let terms = monomials(d)
        let plain = [d + dv + d * dv, terms[1] * (dv + 1), terms[2] * (dv + 1)]
        return plain.map { ($0 + 7) / 8 * 8 }
    }

    /// The moments of every node of every level, an array for each order; none if a sum would not fit a float32.
    static func make(
        for builder: TreeBuilder, leaves: Slab<Float>, order: Int, in region: MemoryRegion
    ) -> [Slab<Float>] {
        guard order > 0, builder.count > 0, builder.keyScale == 1 else { return [] }
        let total = builder.nodes.reduce(0, +)
        let (d, dv) = (builder.store.dimension, builder.store.valueDimension)
        let strides = strides(dimension: d, valueDimension: dv)
        let arrays = (0..<order).map { region.slab(total * strides[$0], of: Float.self) }
        let sums = MomentSums(dimension: d, valueDimension: dv, order: order)
        let rounded = AlignedBuffer<Double>(count: d + sums.size)
        var finite = true
        var node = 0
        // For each node of the level below: its mean [d], then its sums.
        var below = AlignedBuffer<Double>(count: 0)
        for (level, nodes) in builder.nodes.enumerated() {
            let here = AlignedBuffer<Double>(count: nodes * (d + sums.size))
            for index in 0..<nodes {
                let at = here.base + index * (d + sums.size)
                if level == 0 {
                    let present = min(PartitionTree.leafSize, builder.count - index * PartitionTree.leafSize)
                    sums.addLeaf(leaves.base + index * builder.leafStride, present, into: at)
                } else {
                    let first = index * PartitionTree.fanout
                    let children = min(PartitionTree.fanout, builder.nodes[level - 1] - first)
                    sums.combine(below.base + first * (d + sums.size), children, into: at)
                }
                rounded.base.update(from: at, count: d + sums.size)
                finite = sums.store(rounded.base, node: node, strides: strides, into: arrays) && finite
                node += 1
            }
            below = here
        }
        return finite ? arrays : []
    }
}
