import Foundation

/// The paper's (γ, β₁, β₂) massive activation of one query, fitted to its scores, and the error bound that follows
/// (arXiv 2410.10165, section 6).
///
/// With r = n^γ keys kept: β₁ ln n is the mean of ⟨q,k⟩/‖q‖ over the kept keys and β₂ ln n its largest value outside. The
/// theorem's attention carries no 1/√d, so the ‖q‖ of its bound is our ‖q‖/√d; with the unscaled norm it is no bound.
public struct MassiveActivation: Sendable, Equatable {
    public var gamma: Double
    public var beta1: Double
    public var beta2: Double
    /// n and ‖q‖/√d.
    public var count: Int
    public var queryNorm: Double

    /// The best parameters for a row whose scores are given in falling order, with the first r kept.
    /// Nil where nothing is kept or left out, for a single key and for a zero query: the parameters mean nothing there.
    public init?(fallingScores s: [Double], kept r: Int, query: [Float]) {
        guard r > 0, r < s.count else { return nil }
        self.init(
            meanKept: s[..<r].reduce(0, +) / Double(r), largestLeftOut: s[r], kept: r, of: s.count, query: query)
    }

    /// The same from the mean score of the kept keys and the largest score outside.
    public init?(meanKept: Double, largestLeftOut: Double, kept r: Int, of n: Int, query: [Float]) {
        let norm = query.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() / Double(query.count).squareRoot()
        guard r > 0, n > 1, norm > 0 else { return nil }
        let scale = norm * log(Double(n))
        count = n
        queryNorm = norm
        gamma = log(Double(r)) / log(Double(n))
        beta1 = meanKept / scale
        beta2 = largestLeftOut / scale
    }

    /// `4‖V‖_∞ / n^{γ + (β₁ − β₂)‖q‖/√d − 1}`: bounds the largest entry of the error.
    public func bound(valueNorm: Double) -> Double {
        4 * valueNorm * exp(-log(Double(count)) * (gamma + (beta1 - beta2) * queryNorm - 1))
    }
}
