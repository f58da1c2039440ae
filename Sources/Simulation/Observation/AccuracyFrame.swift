import Attention
import Foundation

/// The error of softmax against the number of keys kept, over the last few queries looked at.
public struct AccuracyFrame: Sendable {
    /// The newest query's curve.
    public var newest: AccuracyCurve
    /// The decode step that it belongs to, and the keys that it ranges over.
    public var step: Int
    public var n: Int
    /// Curves of the last queries, oldest first, the newest among them; same kept counts but for ties.
    public var recent: [AccuracyCurve]

    public init(newest: AccuracyCurve, step: Int, n: Int, recent: [AccuracyCurve]) {
        self.newest = newest
        self.step = step
        self.n = n
        self.recent = recent
    }

    /// The paper's n^{4/5}, rounded down: one of the kept counts.
    public static func power(of n: Int) -> Int { max(1, Int(pow(Double(n), 0.8))) }

    /// Kept counts from 1 to n, four to a factor of ten, and n^{4/5}.
    static func keptCounts(of n: Int) -> [Int] {
        var counts: [Int] = []
        var r = 1.0
        while r < Double(n) {
            if counts.last != Int(r) { counts.append(Int(r)) }
            r *= 1.778_279_41
        }
        return Set(counts + [power(of: n), n]).sorted()
    }
}
