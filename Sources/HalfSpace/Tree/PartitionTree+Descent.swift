import CKernels

/// What the descent of one query gave: the query as kernels read it, and the nodes found. Valid within the call.
struct Descent {
    let tree: UnsafePointer<ck_tree>
    let query: ck_tree_query
    let walk: ck_tree_walk
    /// Whether scores and weights are of ordinary size, so that they may be computed in float32.
    var ordinary: Bool { query.ordinary != 0 }

    var crossing: UnsafeBufferPointer<UInt32> { .init(start: walk.crossing, count: walk.crossing_count) }
    var whole: UnsafeBufferPointer<UInt32> { .init(start: walk.whole, count: walk.whole_count) }
}

extension PartitionTree {
    /// Tests the nodes against the half-space from the root down, then calls `body`.
    func descend<R>(
        _ query: Query, scratch: TreeScratch, momentOrder: Int = 0, listsOutside: Bool = false, _ body: (Descent) -> R
    ) -> R {
        let d = store.dimension
        precondition(query.vector.count == d, "the query has \(query.vector.count) entries, the keys have \(d)")
        scratch.prepare(scratchShape)
        let vector = scratch.vectors
        let exact = vector + 3 * d
        query.vector.withUnsafeBufferPointer { source in for t in 0..<d { exact[t] = source[t] } }
        var kernelQuery = ck_tree_query()
        ck_tree_prepare(layout, exact, query.threshold, vector, &kernelQuery)
        var walk = ck_tree_walk()
        walk.crossing = scratch.crossing
        walk.whole = scratch.whole
        walk.frontier = scratch.frontier
        if listsOutside {
            scratch.prepareOutside(leaves: nodes.first ?? 0)
            walk.outside = scratch.outside.base
            walk.outside_bounds = scratch.outsideBounds.base
        }
        withUnsafePointer(to: kernelQuery) { ck_tree_descend(layout, $0, Int32(momentOrder), &walk) }
        return body(
            Descent(tree: layout, query: kernelQuery, walk: walk))
    }

    /// Adds what a descent cost to the work: nodes by level, and the bytes of boxes and crossing leaves.
    func count(_ descent: Descent, in work: inout Work) {
        let walk = descent.walk
        withUnsafeBytes(of: (walk.visited, walk.pruned, walk.whole_nodes)) { raw in
            let counts = raw.bindMemory(to: Int.self)
            let most = Int(CK_TREE_MAX_LEVELS)
            for level in 0..<levels {
                work.visited += counts[level]
                work.pruned += counts[most + level]
                work.whole += counts[2 * most + level]
            }
        }
        work.bytesRead += work.visited * store.dimension * 8
        for leaf in descent.crossing { work.candidates += slots(level: 0, node: Int(leaf)).count }
        work.bytesRead += walk.crossing_count * leafBytes
    }

    /// Calls `body` with the leaves of the whole nodes, some at a time.
    func forEachWholeLeaf(_ descent: Descent, scratch: TreeScratch, _ body: (UnsafePointer<UInt32>, Int) -> Void) {
        let chunk = scratch.leafChunk
        var filled = 0
        for entry in descent.whole {
            let level = Int(entry >> 28)
            let node = Int(entry & 0xfff_ffff)
            let first = node << (4 * level)
            let end = min((node + 1) << (4 * level), nodes[0])
            for leaf in first..<end {
                chunk[filled] = UInt32(leaf)
                filled += 1
                if filled == TreeScratch.chunk {
                    body(chunk, filled)
                    filled = 0
                }
            }
        }
        if filled > 0 { body(chunk, filled) }
    }

    /// The keys of whole nodes.
    func wholeKeys(_ descent: Descent) -> Int {
        descent.whole.reduce(0) { $0 + slots(level: Int($1 >> 28), node: Int($1 & 0xfff_ffff)).count }
    }
}
