import HalfSpace

/// What one query cost an index, level by level from the root, and where its time went.
public struct LevelsFrame: Sendable {
    /// One level of a tree, or the one level of a flat index.
    public struct Level: Sendable, Equatable {
        /// Nodes, cells or blocks that the level has.
        public var nodes: Int
        /// Of those, tested; wholly outside; wholly inside; the rest of the visited cross.
        public var visited: Int
        public var pruned: Int
        public var whole: Int
        /// Keys scored one by one below its crossing leaves.
        public var tested: Int

        public init(nodes: Int, visited: Int, pruned: Int, whole: Int, tested: Int = 0) {
            self.nodes = nodes
            self.visited = visited
            self.pruned = pruned
            self.whole = whole
            self.tested = tested
        }

        public var crossing: Int { max(0, visited - pruned - whole) }
    }

    /// Seconds of one step by part: walking the index, scoring single keys, summing values.
    public struct Cost: Sendable, Equatable {
        public var index: Double
        public var verify: Double
        public var values: Double

        public init(index: Double, verify: Double, values: Double) {
            self.index = index
            self.verify = verify
            self.values = values
        }
    }

    public var step: Int
    public var kind: IndexKind
    /// From the root down.
    public var levels: [Level]
    public var cost: Cost?
    /// Keys in the cache and their bytes in float32; what finding the reported among them took.
    public var keys = 0
    public var keyBytes = 0
    public var reported = 0
    public var work = Work()
    /// Its nodes one by one, where a view draws them and the index is a tree.
    public var tree: TreePicture?
    /// What the reads of such a step take at this machine's rates, cold, in seconds.
    public var allowedSeconds: Double?

    /// Whether the index has no levels: one scan over all keys or their codes.
    public var isFlat: Bool { levels.count <= 1 && !kind.description.hasLevels }

    public init(
        step: Int, kind: IndexKind, levels: [Level], cost: Cost? = nil, keys: Int = 0, keyBytes: Int = 0,
        reported: Int = 0, work: Work = Work()
    ) {
        self.step = step
        self.kind = kind
        self.levels = levels
        self.cost = cost
        self.keys = keys
        self.keyBytes = keyBytes
        self.reported = reported
        self.work = work
    }
}
