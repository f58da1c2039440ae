import HalfSpace

/// All keys whose score reaches a threshold, as an exact index reports them.
///
/// Chen, Liang, Sha, Shi, Song, *HSR-Enhanced Sparse Attention Acceleration*, CPAL 2025, PMLR 280:105-133, arXiv 2410.10165
/// (Algorithm 1). The threshold is the one that the budget pays for, the index's own reads counted.
public final class HalfSpacePolicy: CachePolicy {
    public static let card = PolicyCard(
        name: "HSR", source: "HSR-Enhanced Sparse Attention Acceleration, Chen et al., arXiv 2410.10165",
        words: "all keys above a threshold, exactly")

    private let budget: PolicyBudget
    private let reader: HalfSpaceReader

    public init(_ start: PolicyStart) throws {
        budget = start.budget
        reader = try HalfSpaceReader(start)
    }

    public var parameters: [(name: String, value: String)] {
        [("index", reader.index.statistics.kind.rawValue), ("b", "what the budget pays for")]
    }

    public func take(row: Int) { reader.index.extend() }

    public func read(_ step: PolicyStep) throws -> PolicyReading {
        let found = try reader.read(step, within: budget)
        guard let bytes = found.bytes else { return .unaffordable(least: found.least) }
        return PolicyReading(rows: reader.report.positions, bytes: bytes)
    }

    /// What reporting the r largest reads, whatever the budget.
    public func bytes(keeping r: Int, _ step: PolicyStep) throws -> Int {
        try reader.cost(of: min(r, step.count), step, 0).total
    }
}
