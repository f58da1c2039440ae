import Foundation

/// α-entmax on a set of scores: `p_i = max(0, (a−1)s_i − τ)^{1/(a−1)}` with the τ that makes them sum to 1
/// (Peters, Niculae, Martins 2019; a = 2 is sparsemax, Martins and Astudillo 2016). Float64 throughout.
///
/// Its support lies within ``reach(_:)`` of the largest score, so solving on the keys that a half-space reports there is exact.
public enum Entmax {
    /// `1/(a−1)`: no key whose score is that far below the largest has a weight.
    public static func reach(_ a: Double) -> Double { 1 / (a - 1) }

    /// The weight of every score; they sum to 1 up to rounding. O(k) a step of Newton's, then O(s log s) for the support.
    /// Empty in, empty out.
    public static func weights(_ scores: [Double], alpha a: Double) -> [Double] {
        guard let largest = scores.max() else { return [] }
        let z = scores.map { (a - 1) * ($0 - largest) }
        let tau = threshold(z, alpha: a)
        let p = power(z, tau: tau, exponent: 1 / (a - 1))
        // What rounding left of τ's error is shared out in proportion.
        let total = p.reduce(0, +)
        return p.map { $0 / total }
    }

    /// τ for `z = (a−1)(s − s_max)`, whose largest is 0: it lies in [−1, 0).
    static func threshold(_ z: [Double], alpha a: Double) -> Double {
        let exponent = 1 / (a - 1)
        var low = -1.0
        // On the left of the root Newton's steps on a convex falling function never cross it (a ≤ 2), and what lies under
        // a lower bound of τ can be dropped.
        var kept = z.filter { $0 > low }
        guard a <= 2 else { return bisect(kept, exponent: exponent) }
        for _ in 0..<4 {
            let (sum, slope) = sumAndSlope(kept, tau: low, exponent: exponent)
            let next = low + max(0, sum - 1) / slope
            guard next > low, next < 0 else { break }
            low = next
            kept.removeAll { $0 <= low }
        }
        if a == 2 { return sparsemax(kept.sorted(by: >)) }
        if a == 1.5 { return quadratic(kept.sorted(by: >)) }
        return newton(kept, from: low, exponent: exponent)
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

    private static func newton(_ z: [Double], from start: Double, exponent: Double) -> Double {
        var tau = start
        for _ in 0..<100 {
            let (sum, slope) = sumAndSlope(z, tau: tau, exponent: exponent)
            let next = tau + (sum - 1) / slope
            guard next > tau, next < 0 else { break }
            tau = next
        }
        return tau
    }

    private static func bisect(_ z: [Double], exponent: Double) -> Double {
        var low = -1.0
        var high = 0.0
        while true {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { return low }
            if power(z, tau: middle, exponent: exponent).reduce(0, +) >= 1 { low = middle } else { high = middle }
        }
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

    private static func power(_ z: [Double], tau: Double, exponent: Double) -> [Double] {
        z.map { value in
            let above = max(0, value - tau)
            return exponent == 1 ? above : exponent == 2 ? above * above : pow(above, exponent)
        }
    }
}
