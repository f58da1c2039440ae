import CKernels

extension PartitionTree {
    /// Adds what a descent did on each level.
    func addLevels(of descent: Descent, to report: Report) {
        var counts: [[Int]] = []
        withUnsafeBytes(of: (descent.walk.visited, descent.walk.pruned, descent.walk.whole_nodes)) { raw in
            let all = raw.bindMemory(to: Int.self)
            let most = Int(CK_TREE_MAX_LEVELS)
            counts = (0..<3).map { Array(all[$0 * most..<$0 * most + levels]) }
        }
        for level in 0..<levels {
            var work = LevelWork(nodeSize: Self.leafSize << (4 * level))
            work.visited = counts[0][level]
            work.pruned = counts[1][level]
            work.whole = counts[2][level]
            work.crossing = work.visited - work.pruned - work.whole
            if level == 0 { work.tested = crossingKeys(descent) }
            report.addLevel(level, work)
        }
    }

    /// The keys of crossing leaves.
    func crossingKeys(_ descent: Descent) -> Int {
        descent.crossing.reduce(0) { $0 + slots(level: 0, node: Int($1)).count }
    }

    /// Adds the nodes outside with the upper bounds of their scores.
    func addBounds(of descent: Descent, threshold: Double, to report: Report) {
        let walk = descent.walk
        for i in 0..<walk.outside_count {
            let node = walk.outside[i]
            let bound = (Double(walk.outside_bounds[i]) + descent.query.slack) * descent.query.score_scale
            report.addPruned(
                slots(level: Int(node >> 28), node: Int(node & 0xfff_ffff)).count, bound: min(bound, threshold))
        }
    }

    /// Marks what became of each row: those outside are left as they are.
    func fates(of query: Query, into fates: inout [KeyFate]) {
        guard count > 0 else { return }
        let scratch = TreeScratch()
        descend(query, scratch: scratch) { descent in
            for leaf in descent.crossing {
                for slot in slots(level: 0, node: Int(leaf)) { fates[Int(positions.base[slot])] = .tested }
            }
            for node in descent.whole {
                for slot in slots(level: Int(node >> 28), node: Int(node & 0xfff_ffff)) {
                    fates[Int(positions.base[slot])] = .whole
                }
            }
            withUnsafePointer(to: descent.query) { kernelQuery in
                for start in stride(from: 0, to: descent.crossing.count, by: TreeScratch.chunk) {
                    guard let leaves = descent.crossing.baseAddress else { break }
                    let written = ck_tree_list(
                        descent.tree, kernelQuery, leaves + start,
                        min(TreeScratch.chunk, descent.crossing.count - start), 0, scratch.positions,
                        scratch.scores)
                    for i in 0..<written { fates[Int(scratch.positions[i])] = .reported }
                }
            }
        }
    }

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
