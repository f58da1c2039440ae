import Foundation
import HalfSpace

/// What bounds the error of softmax over a kept set R, in the largest norm, from what a decode step knows. Float64.
public enum SoftmaxBounds {
    /// `2(1 − p)‖V‖_∞` with p the share of the softmax mass that R holds; exact statement, needs the whole row's mass.
    /// - Parameters:
    ///   - logKept: `ln Σ exp(s)` over R.
    ///   - logAll: The same over all keys.
    ///   - valueNorm: ‖V‖_∞.
    public static func mass(logKept: Double, logAll: Double, valueNorm: Double) -> Double {
        2 * lostShare(logKept: logKept, logAll: logAll) * valueNorm
    }

    /// `1 − p`, between 0 and 1; 1 where nothing is kept.
    public static func lostShare(logKept: Double, logAll: Double) -> Double {
        guard logAll > -.infinity else { return 0 }
        return min(1, max(0, -expm1(logKept - logAll)))
    }

    /// The live certificate: every key left out scores below b, so at most `(n − r)e^b` of mass is lost. It needs only what
    /// reporting computed, and holds only if *all* keys with s ≥ b were kept.
    public static func certificate(
        logKept: Double, leftOut: Int, threshold b: Double, valueNorm: Double
    ) -> Double {
        certificate(
            logKept: logKept, logLost: leftOut > 0 ? log(Double(leftOut)) + b : -.infinity, valueNorm: valueNorm)
    }

    /// The tighter certificate: keys under a pruned node score at most the node's bound, the others left out at most b.
    public static func certificate(
        logKept: Double, leftOut: Int, threshold b: Double, pruned: some Sequence<(count: Int, bound: Double)>,
        valueNorm: Double
    ) -> Double {
        var rest = leftOut
        var lost = LogSum()
        for node in pruned {
            rest -= node.count
            lost.add(min(node.bound, b), times: node.count)
        }
        // Nodes that hold more keys than were left out bound too much, which is a bound all the same.
        lost.add(b, times: max(0, rest))
        return certificate(logKept: logKept, logLost: lost.value, valueNorm: valueNorm)
    }

    /// The tighter certificate from a report that collected its bounds.
    public static func certificate(logKept: Double, report: Report, of n: Int, valueNorm: Double) -> Double {
        certificate(
            logKept: logKept, leftOut: n - report.count, threshold: report.threshold,
            pruned: report.prunedBounds.lazy.map { ($0.count, $0.bound) }, valueNorm: valueNorm)
    }

    private static func certificate(logKept: Double, logLost: Double, valueNorm: Double) -> Double {
        guard logLost > -.infinity else { return 0 }
        return 2 * valueNorm / (1 + exp(logKept - logLost))
    }
}

/// `ln Σ exp(x)` as a running sum that neither overflows nor vanishes.
public struct LogSum: Sendable {
    private var largest = -Double.infinity
    private var sum = 0.0

    public init() {}

    /// Adds `count` terms exp(x).
    public mutating func add(_ x: Double, times count: Int = 1) {
        guard count > 0, x > -.infinity else { return }
        if x > largest {
            sum *= largest == -.infinity ? 0 : exp(largest - x)
            largest = x
        }
        sum += Double(count) * exp(x - largest)
    }

    /// −∞ while empty.
    public var value: Double { sum > 0 ? largest + log(sum) : -.infinity }
}
