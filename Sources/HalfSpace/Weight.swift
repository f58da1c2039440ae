/// The weight of a reported key as a function of its score s: what an index may sum without listing the set.
public enum Weight: Sendable, Equatable {
    /// `max(0, s − shift)^exponent`, for ReLU^α.
    case power(exponent: Int, shift: Double)
    /// `exp(s − shift)`, for softmax.
    case exponential(shift: Double)
}

/// `Σ w(s_j)·v_j` and `Σ w(s_j)` over a half-space; reused between queries.
public final class Aggregate {
    /// `Σ w·v`, dv floats.
    public internal(set) var values: [Float]
    /// `Σ w`.
    public internal(set) var weight = 0.0
    /// How many keys the half-space holds.
    public internal(set) var count = 0
    /// The largest score in it; −∞ if it is empty or was not computed (whole nodes answered by moments).
    public internal(set) var largestScore = -Double.infinity
    /// What it cost.
    public internal(set) var work = Work()
    /// Whether nodes answered by their moments, so that some keys were never read.
    public internal(set) var usedMoments = false

    /// Where kernels list candidates and their weights.
    let scratch = Scratch()
    /// Where descents of trees list nodes.
    let treeScratch = TreeScratch()

    /// A sum over values of length dv.
    public init(valueDimension: Int) { values = Array(repeating: 0, count: valueDimension) }
}
