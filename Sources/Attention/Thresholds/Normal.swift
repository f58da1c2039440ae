import Foundation

/// The standard normal distribution.
public enum Normal {
    /// Q(t) = P(N(0,1) > t).
    public static func upperTail(_ t: Double) -> Double { 0.5 * erfc(t / 2.0.squareRoot()) }

    /// The t with Q(t) = share, by bisection on the monotone tail; ±∞ at 0 and 1.
    public static func quantile(ofUpperTail share: Double) -> Double {
        if share <= 0 { return .infinity }
        if share >= 1 { return -.infinity }
        var low = -40.0
        var high = 40.0
        while true {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { return middle }
            if upperTail(middle) > share { low = middle } else { high = middle }
        }
    }
}
