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
