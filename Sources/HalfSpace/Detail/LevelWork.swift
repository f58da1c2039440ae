/// What a query did on one level of a tree.
public struct LevelWork: Sendable, Equatable, Codable {
    /// Keys in a full node of this level.
    public var nodeSize: Int
    /// Nodes whose box was tested; of those: outside, inside, and crossed by the boundary.
    public var visited = 0
    public var pruned = 0
    public var whole = 0
    public var crossing = 0
    /// Keys scored one by one: those of crossing leaves.
    public var tested = 0

    init(nodeSize: Int) { self.nodeSize = nodeSize }
}

/// Keys outside a half-space, and a score that none of them exceeds.
public struct PrunedBound: Sendable, Equatable {
    public var count: Int
    /// In score units.
    public var bound: Double
}

extension Report {
    /// Notes keys that were left out; their scores are below the threshold, whatever else is known.
    func addPruned(_ count: Int, bound: Double) {
        if count > 0 { prunedBounds.append(PrunedBound(count: count, bound: bound)) }
    }

    /// Adds the counts of a level, 0 the leaves.
    func addLevel(_ level: Int, _ work: LevelWork) {
        while levels.count <= level {
            levels.append(LevelWork(nodeSize: PartitionTree.leafSize << (4 * levels.count)))
        }
        levels[level].visited += work.visited
        levels[level].pruned += work.pruned
        levels[level].whole += work.whole
        levels[level].crossing += work.crossing
        levels[level].tested += work.tested
    }
}
