import HalfSpace

/// Louver as published: its stop looks at centroids, and proves nothing. See ``ClusterSweep``.
public final class CentroidStop: CachePolicy {
    public static let card = PolicyCard(
        name: "Louver",
        source: "Sparse Attention as a Range Searching Problem (Louver), Dehghankar, Asudeh, arXiv 2605.06763",
        words: "clusters until their centroids fall below T")

    private let budget: PolicyBudget
    private let sweep: ClusterSweep

    public init(_ start: PolicyStart) throws {
        budget = start.budget
        sweep = try ClusterSweep(store: start.store, isSound: false)
    }

    public var parameters: [(name: String, value: String)] { Self.parameters(sweep) }

    static func parameters(_ sweep: ClusterSweep) -> [(name: String, value: String)] {
        [("S", String(sweep.partCount)), ("bf", String(ClusterSweep.branching)), ("T", "what the budget pays for")]
    }

    public func take(row: Int) throws { try sweep.extend() }

    public func read(_ step: PolicyStep) -> PolicyReading { sweep.read(step, within: budget) }
}

/// The same sweep with a bound that holds: a ball around each centroid, so that no key that was not seen reaches T.
public final class BallBound: CachePolicy {
    public static let card = PolicyCard(
        name: "Louver, sound", source: "the clusters of arXiv 2605.06763 with balls around their centroids",
        words: "clusters until their balls fall below T")

    private let budget: PolicyBudget
    private let sweep: ClusterSweep

    public init(_ start: PolicyStart) throws {
        budget = start.budget
        sweep = try ClusterSweep(store: start.store, isSound: true)
    }

    public var parameters: [(name: String, value: String)] { CentroidStop.parameters(sweep) }

    public func take(row: Int) throws { try sweep.extend() }

    public func read(_ step: PolicyStep) -> PolicyReading { sweep.read(step, within: budget) }
}
