import Foundation

/// What is known of the queries to come; it only steers the choice of index, never the answer.
public struct QueryHints: Sendable {
    /// The expected share of keys in a half-space, if known; else that of the calibrated rule on normal scores.
    public var expectedShare: Double?
    /// A lower bound of `b√d/‖q‖` over the queries to come, if known: what Part 2 may rely on.
    public var leastDistance: Double?
    /// Whether the keys stay as they are for very many queries, so that a long build pays.
    public var keysStay = false
    /// Whether weights are a power that moment sums can serve.
    public var exponent: Int?
    /// A few queries like those to come (d floats each); without them keys stand for queries.
    public var queries: [[Float]] = []

    public init(
        expectedShare: Double? = nil, leastDistance: Double? = nil, exponent: Int? = nil, queries: [[Float]] = []
    ) {
        self.expectedShare = expectedShare
        self.leastDistance = leastDistance
        self.exponent = exponent
        self.queries = queries
    }

    /// The share that is planned for.
    func share(of n: Int) -> Double {
        if let expectedShare { return min(max(expectedShare, 0), 1) }
        return n > 1 ? 0.5 * erfc((0.4 * log(Double(n))).squareRoot() / 2.squareRoot()) : 1
    }
}
