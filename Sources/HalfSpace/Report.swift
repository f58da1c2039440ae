import CKernels

/// The answer to one query; made once and filled anew by each query, so that a decode step allocates nothing.
public final class Report {
    /// Positions of the reported keys, in the order of the index; each position once.
    public internal(set) var positions: [UInt32] = []
    /// The score of each reported key, parallel to `positions`, rounded to float32.
    public internal(set) var scores: [Float] = []
    /// What finding them cost.
    public internal(set) var work = Work()
    /// The threshold that was used: the query's, or for a top-r query the r-th largest score.
    public internal(set) var threshold = 0.0

    /// Whether ``levels``, ``prunedBounds`` and ``fates`` are filled; O(n).
    public var isTraced = false
    /// What was done on each level of the index's trees, leaves first; empty if not asked for, or if it has none.
    public internal(set) var levels: [LevelWork] = []
    /// Keys that are not reported, in groups, with an upper bound of their scores; empty if not asked for.
    public internal(set) var prunedBounds: [PrunedBound] = []
    /// What became of each key, by position; empty if not asked for.
    public internal(set) var fates: [KeyFate] = []

    /// Memory to work in.
    let scratch = Scratch()

    /// An empty report.
    public init() {}

    /// How many keys are reported.
    public var count: Int { positions.count }

    /// Empties the report for a query.
    func clear(threshold: Double) {
        positions.removeAll(keepingCapacity: true)
        scores.removeAll(keepingCapacity: true)
        work = Work()
        self.threshold = threshold
        levels = []
        prunedBounds = []
        fates = []
    }
}

/// What one query cost, counted by the index while it answered.
public struct Work: Sendable, Equatable, Codable {
    /// Nodes, cells or blocks whose bound was tested.
    public var visited = 0
    /// Of those, wholly outside: nothing below them was looked at.
    public var pruned = 0
    /// Of those, wholly inside: reported without testing their keys.
    public var whole = 0
    /// Keys scored one by one.
    public var candidates = 0
    /// Keys reported through whole nodes.
    public var wholeKeys = 0
    /// Bytes of the index that were read.
    public var bytesRead = 0

    /// No work.
    public init() {}

    /// What a kernel counted.
    package init(_ work: ck_work) {
        (visited, pruned, whole) = (work.visited, work.pruned, work.whole)
        (candidates, wholeKeys, bytesRead) = (work.candidates, work.whole_keys, work.bytes_read)
    }

    /// Adds the counts of a part to those of the whole.
    public static func += (total: inout Work, part: Work) {
        total.visited += part.visited
        total.pruned += part.pruned
        total.whole += part.whole
        total.candidates += part.candidates
        total.wholeKeys += part.wholeKeys
        total.bytesRead += part.bytesRead
    }
}
