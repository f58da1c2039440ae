import Foundation

/// What a decode step makes of a half-space: what its answer takes beside finding the set.
public enum StepDemand: Sendable, Equatable, Codable {
    /// The threshold is known, weights are a power.
    case powers(exponent: Int)
    /// The threshold is known, weights are exponentials: softmax above b.
    case exponentials
    /// The threshold is that of the r largest scores, weights are exponentials: top-r softmax.
    case largest
    /// The threshold is found from the largest score, weights are a power: entmax.
    case nearLargest(exponent: Double)
}

/// What is known of the queries to come; it only steers the choice of index, never the answer.
public struct QueryHints: Sendable {
    /// The expected share of keys in a half-space, if known; else that of the calibrated rule on normal scores.
    public var expectedShare: Double?
    /// A lower bound of `b√d/‖q‖` over the queries to come, if known: what Part 2 may rely on.
    public var leastDistance: Double?
    /// Whether the keys stay as they are for very many queries, so that a long build pays.
    public var keysStay = false
    /// What steps make of the sets.
    public var demand = StepDemand.powers(exponent: 1)
    /// Queries of a step that share the keys: dense attention reads them once for all.
    public var sharing = 1
    /// Those of them that one thread asks an index, so that it can look for all of them in one reading; nil: all.
    public var looks: Int?
    /// Whether softmax must be over the set that is asked for even where every key is read, so that no reading of all keys for several
    /// queries answers.
    public var keepsToSet = false
    /// A few queries like those to come (d floats each); without them keys stand for queries.
    public var queries: [[Float]] = []

    public init(
        expectedShare: Double? = nil, leastDistance: Double? = nil, demand: StepDemand = .powers(exponent: 1),
        queries: [[Float]] = []
    ) {
        self.expectedShare = expectedShare
        self.leastDistance = leastDistance
        self.demand = demand
        self.queries = queries
    }

    /// The share that is planned for.
    func share(of n: Int) -> Double {
        if let expectedShare { return min(max(expectedShare, 0), 1) }
        return n > 1 ? 0.5 * erfc((0.4 * log(Double(n))).squareRoot() / 2.squareRoot()) : 1
    }
}
