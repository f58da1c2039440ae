import Foundation

/// α-entmax on a set of scores: `p_i = max(0, (a−1)s_i − τ)^{1/(a−1)}` with the τ that makes them sum to 1
/// (Peters, Niculae, Martins 2019; a = 2 is sparsemax, Martins and Astudillo 2016). Float64 throughout.
///
/// Its support lies within ``reach(_:)`` of the largest score, so solving on the keys that a half-space reports there is exact.
public enum Entmax {
    /// The α that are served: nearer to 1 the exponent 1/(a−1) costs digits that are promised, beyond the other end weights are
    /// all equal.
    public static let alphas = 1.000_001...1e6

    /// Why an α is not served, in one sentence; nil if it is.
    public static func refusal(of alpha: Double) -> String? {
        guard !alphas.contains(alpha) else { return nil }
        guard alpha > 1 else { return "entmax needs an α above 1." }
        return alpha < alphas.lowerBound
            ? "α is too close to 1 for entmax's weights; take 1.000001 or more, or softmax, which is its limit."
            : "α of entmax is at most a million."
    }

    /// `1/(a−1)`: no key whose score is that far below the largest has a weight.
    public static func reach(_ a: Double) -> Double { 1 / (a - 1) }

    /// The weights of some scores.
    public struct Solution: Sendable {
        /// Parallel to the scores; they sum to 1 up to rounding.
        public var weights: [Double]
        /// The score at which weights begin.
        public var cut: Double
    }

    /// The weight of every score. O(k) a step of Newton's, then O(s log s) for the support. Empty in, empty out.
    public static func weights(_ scores: [Double], alpha a: Double) -> [Double] { solve(scores, alpha: a).weights }

    /// The weight of every score, and where weights begin.
    public static func solve(_ scores: [Double], alpha a: Double) -> Solution {
        guard let largest = scores.max() else { return Solution(weights: [], cut: 0) }
        let z = scores.map { (a - 1) * ($0 - largest) }
        let edge = edge(z, alpha: a)
        let p = z.map { power(edge.above($0), 1 / (a - 1)) }
        // What rounding left of τ's error is shared out in proportion.
        let total = p.reduce(0, +)
        return Solution(weights: p.map { $0 / total }, cut: largest + edge.tau / (a - 1))
    }

    /// τ for `z = (a−1)(s − s_max)`, whose largest is 0: it lies in [−1, 0).
    static func threshold(_ z: [Double], alpha a: Double) -> Double { edge(z, alpha: a).tau }

    /// τ as the distance from a `z` near it, so that a weight just above τ keeps its digits.
    private struct Edge {
        var anchor: Double
        var gap = 0.0

        var tau: Double { anchor - gap }
        func above(_ z: Double) -> Double { z >= anchor ? z - anchor + gap : max(0, z - tau) }
    }

    private static func edge(_ z: [Double], alpha a: Double) -> Edge {
        let exponent = 1 / (a - 1)
        var low = -1.0
        var kept = z.filter { $0 > low }
        guard a <= 2 else { return steepEdge(kept.sorted(by: >), exponent: exponent) }
        // On the left of the root Newton's steps on a convex falling function never cross it, and what lies under a lower
        // bound of τ can be dropped.
        for _ in 0..<4 {
            let (sum, slope) = sumAndSlope(kept, tau: low, exponent: exponent)
            let next = low + max(0, exponent * (sum - pow(sum, 1 - 1 / exponent))) / slope
            guard next > low, next < 0 else { break }
            low = next
            kept.removeAll { $0 <= low }
        }
        if a == 2 { return Edge(anchor: sparsemax(kept.sorted(by: >))) }
        if a == 1.5 { return Edge(anchor: quadratic(kept.sorted(by: >))) }
        return Edge(anchor: newton(kept, from: low, exponent: exponent))
    }

    /// a > 2: small weights rise so steeply that the last key of the support has what the others leave of 1, and τ lies closer
    /// below it than float64 resolves τ itself. `z` falls.
    private static func steepEdge(_ z: [Double], exponent: Double) -> Edge {
        func sum(_ count: Int, above anchor: Double, _ gap: Double) -> Double {
            z[..<count].reduce(0) { $0 + pow($1 - anchor + gap, exponent) }
        }
        var last = 0
        var end = z.count
        while end - last > 1 {
            let middle = last + (end - last) / 2
            if sum(middle, above: z[middle], 0) < 1 { last = middle } else { end = middle }
        }
        let anchor = z[last]
        let rest = max(0, 1 - sum(last, above: anchor, 0))
        // The gap by halves of its bit pattern: every positive number in order.
        let widest = min(pow(rest, 1 / exponent), anchor + 1)
        var (low, high) = (UInt64(0), max(widest, Double.leastNonzeroMagnitude).bitPattern)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if sum(last + 1, above: anchor, Double(bitPattern: middle)) <= 1 { low = middle } else { high = middle }
        }
        return Edge(anchor: anchor, gap: Double(bitPattern: high))
    }

    /// a = 2: τ = (Σz − 1)/k over the k largest, the largest k whose own score stays above its τ.
    private static func sparsemax(_ z: [Double]) -> Double {
        var sum = 0.0
        var tau = -1.0
        for (i, value) in z.enumerated() {
            sum += value
            let candidate = (sum - 1) / Double(i + 1)
            guard candidate < value else { break }
            tau = candidate
        }
        return tau
    }

    /// a = 1.5: the smaller root of Σ(z − τ)² = 1 over the k largest.
    private static func quadratic(_ z: [Double]) -> Double {
        var mean = 0.0
        var spread = 0.0
        var tau = -1.0
        for (i, value) in z.enumerated() {
            let k = Double(i + 1)
            let delta = value - mean
            mean += delta / k
            spread += delta * (value - mean)
            let square = (1 - spread) / k
            guard square >= 0 else { break }
            let candidate = mean - square.squareRoot()
            guard candidate < value else { break }
            tau = candidate
        }
        return tau
    }

    /// Newton's steps for the norm of that exponent, which is nearly linear in τ, where the sum itself rises so steeply that a
    /// step would gain a part 1/exponent.
    private static func newton(_ z: [Double], from start: Double, exponent: Double) -> Double {
        var tau = start
        for _ in 0..<100 {
            let (sum, slope) = sumAndSlope(z, tau: tau, exponent: exponent)
            let next = tau + exponent * (sum - pow(sum, 1 - 1 / exponent)) / slope
            guard next > tau, next < 0 else { break }
            tau = next
        }
        return tau
    }

    private static func sumAndSlope(_ z: [Double], tau: Double, exponent: Double) -> (sum: Double, slope: Double) {
        var sum = 0.0
        var slope = 0.0
        for value in z where value > tau {
            let below = exponent == 1 ? 1 : exponent == 2 ? value - tau : pow(value - tau, exponent - 1)
            slope += exponent * below
            sum += below * (value - tau)
        }
        return (sum, slope)
    }

    private static func power(_ above: Double, _ exponent: Double) -> Double {
        exponent == 1 ? above : exponent == 2 ? above * above : pow(above, exponent)
    }
}
