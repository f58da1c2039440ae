import Foundation

/// The weight of a reported key as a function of its score s: what an index may sum without listing the set.
public enum Weight: Sendable, Equatable {
    /// `max(0, s − shift)^exponent`, for ReLU^α; the exponent is from 1 to 8.
    case power(exponent: Int, shift: Double)
    /// `exp(s − shift)`, for softmax.
    case exponential(shift: Double)

    /// The weight at score s.
    public func callAsFunction(_ s: Double) -> Double {
        switch self {
        case .power(let exponent, let shift): pow(max(0, s - shift), Double(exponent))
        case .exponential(let shift): exp(s - shift)
        }
    }
}

/// `Σ w(s_j)·v_j` and `Σ w(s_j)` over a half-space.
public struct Aggregate: Sendable {
    /// `Σ w·v`, dv entries.
    public internal(set) var values: [Double]
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

    /// No keys, values of length dv.
    init(valueDimension: Int) { values = Array(repeating: 0, count: valueDimension) }
}
