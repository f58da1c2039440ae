import Foundation

/// The weights of α-entmax for any α > 1, from their definition, as exact as float64 has them.
///
/// Up to α = 2: with `x = s − s_max` and `τ = (α−1)·μ − 1` a weight is `(1 + (α−1)(x − μ))^{1/(α−1)}`, computed through `log1p`, so
/// that an α close to 1 costs no digits. `μ ≥ 0` is the shift that makes the weights sum to 1.
///
/// Above 2 weights rise steeply: that of the last key of the support is what the others leave of 1, and it moves τ by less than
/// the rounding of τ. So the scores are sorted, the last key of the support is found, and τ is expressed by its distance from
/// that key, which float64 holds however small it is.
struct EntmaxReferee {
    private var kept: [Double] = []

    /// Replaces scores by their weights; returns the sum, 1 up to rounding, or 0 where there is no score.
    mutating func weigh(_ scores: inout [Double], alpha a: Double) -> Double {
        guard let top = scores.max() else { return 0 }
        let slope = a - 1
        kept = scores.map { slope * ($0 - top) }.filter { $0 > -1 }
        let weight = a <= 2 ? gentle(slope) : steep(slope)
        var total = 0.0
        for i in scores.indices {
            scores[i] = weight(slope * (scores[i] - top))
            total += scores[i]
        }
        return total
    }

    // MARK: Up to 2, over z = (α−1)(s − s_max)

    private mutating func gentle(_ slope: Double) -> (_ z: Double) -> Double {
        // As many weights as there are, each as large as the first, sum to 1 at the upper end.
        let end = -expm1(-slope * log(Double(kept.count)))
        let shift = Self.root(from: 0, to: end) { shift in
            // What has no weight at a lower bound of the shift has none at the end.
            var (sum, fall) = (0.0, 0.0)
            for z in kept {
                guard z - shift > -1 else { continue }
                let weight = exp(log1p(z - shift) / slope)
                sum += weight
                fall += weight / (1 + z - shift) / slope
            }
            if sum > 1 { kept.removeAll { $0 - shift <= -1 } }
            return (log(sum), -fall / sum)
        }
        return { z in z - shift > -1 ? exp(log1p(z - shift) / slope) : 0 }
    }

    // MARK: Above 2

    private mutating func steep(_ slope: Double) -> (_ z: Double) -> Double {
        kept.sort(by: >)
        let exponent = 1 / slope
        // The last key at which those above it leave something of 1.
        var (first, end) = (0, kept.count)
        while end - first > 1 {
            let middle = (first + end) / 2
            let above = kept[..<middle].reduce(0) { $0 + pow($1 - kept[middle], exponent) }
            if above < 1 { first = middle } else { end = middle }
        }
        let last = kept[first]
        let support = kept[...first]
        let room = (first + 1 < kept.count ? last - kept[first + 1] : last + 1)
        let gap = exp(
            Self.root(from: -690, to: log(room)) { logGap in
                let gap = exp(logGap)
                var (sum, rise) = (0.0, 0.0)
                for z in support {
                    let base = z - last + gap
                    let weight = pow(base, exponent)
                    sum += weight
                    rise += exponent * weight / base * gap
                }
                return (log(sum), rise / sum)
            })
        return { z in z >= last ? pow(z - last + gap, exponent) : 0 }
    }

    // MARK: Roots

    /// A zero of a monotone function that has one between `low` and `high`: Newton's steps while they come nearer, else halves.
    private static func root(
        from low: Double, to high: Double, _ function: (Double) -> (value: Double, slope: Double)
    ) -> Double {
        var (low, high) = (low, high)
        var (x, missed) = (low, Double.infinity)
        for _ in 0..<400 {
            let (value, slope) = function(x)
            if value == 0 { break }
            // Above the axis on the left of the zero, or below it: the sign of the slope tells.
            if (value > 0) == (slope < 0) { low = x } else { high = x }
            let step = x - value / slope
            let isNearer = abs(value) < missed / 2 && step > low && step < high
            missed = abs(value)
            let next = isNearer ? step : low + (high - low) / 2
            if next == x || next <= low || next >= high { break }
            x = next
        }
        return x
    }
}
