extension PartitionTree {
    /// The boxes of a level as quadrilaterals, at d = 2.
    func cells(atLevel level: Int) -> [IndexCell] {
        guard store.dimension == 2, level < levels else { return [] }
        return (0..<nodes[level]).map { node in
            let box = box(level: level, node: node)
            let centre = SIMD2(Double(box.centre[0]), Double(box.centre[1])) / keyScale
            let half = SIMD2(Double(box.half[0]), Double(box.half[1])) / keyScale
            let signs: [SIMD2<Double>] = [[-1, -1], [1, -1], [1, 1], [-1, 1]]
            return IndexCell(
                corners: signs.map { sign in
                    let corner = centre + sign * half
                    guard let axes = frame?.axes else { return corner }
                    // Back from the frame: its axes are orthonormal.
                    return [corner.x * axes[0] + corner.y * axes[2], corner.x * axes[1] + corner.y * axes[3]]
                }, count: slots(level: level, node: node).count)
        }
    }

    /// Rows in tree order.
    var order: UnsafeBufferPointer<UInt32> { UnsafeBufferPointer(start: positions.base, count: count) }
}
