import Foundation
import HalfSpace

/// The least set of a query whose live certificate promises an error: an answer to the question which threshold to take.
///
/// Of n keys let R be kept, every other one scoring at most c. Then softmax over R is off by at most
/// `2‖V‖_∞ / (1 + Σ_R e^s / ((n−|R|) e^c))` (see ``SoftmaxBounds``), so an error of ε‖V‖_∞ is promised once
/// `Σ_R e^s ≥ (2/ε − 1)(n − |R|) e^c`. Keys are taken by falling score until that holds, with c the score of the next.
public final class CertifiedBudget {
    private let index: ReportingIndex
    private let found = Report()
    /// What the last query kept, which the next is likely to keep as well.
    private var remembered = 64

    public init(index: ReportingIndex) { self.index = index }

    /// What was chosen for one query.
    public struct Choice: Sendable, Equatable {
        /// b: exactly the kept keys score as much. −∞ where all are kept.
        public var threshold: Double
        public var kept: Int
        /// What finding it cost.
        public var work: Work
    }

    /// Reports the largest scores, twice as many whenever they do not suffice; O(kept · (d + log kept)) beside that.
    /// - Throws: `NonFiniteEntry` if the query holds a NaN or an infinity.
    public func choose(
        _ query: [Float], epsilon: Double, logits: SoftmaxLogits = SoftmaxLogits()
    ) throws(NonFiniteEntry) -> Choice {
        let n = index.store.count
        guard n > 0 else { return Choice(threshold: 0, kept: 0, work: Work()) }
        // From an error of 2‖V‖_∞ on, any set will do.
        let needed = epsilon < 2 ? log(2 / epsilon - 1) : -.infinity
        var work = Work()
        var asked = min(n, 2 * remembered)
        while true {
            try index.reportLargest(asked, of: query, into: found)
            work += found.work
            let scores = fallingScores(of: query)
            if let kept = Self.leastPromised(scores, of: n, needed: needed, logits) {
                remembered = max(16, kept)
                // Any b between the last that is kept and the first that is not keeps the same; the least promises most.
                let threshold = kept < scores.count ? scores[kept].nextUp : scores[kept - 1]
                return Choice(threshold: threshold, kept: kept, work: work)
            }
            guard asked < n else {
                remembered = n
                return Choice(threshold: -.infinity, kept: n, work: work)
            }
            asked = asked < n / 2 ? 2 * asked : n
        }
    }

    /// How many keys a query would keep, from all of its scores; O(n·d + n log n).
    public static func kept(_ query: [Float], store: KeyValueStore, epsilon: Double) -> Int {
        let scores = query.withUnsafeBufferPointer { q in
            (0..<store.count).map { Membership.score(q, store.key($0)) }
        }.sorted(by: >)
        return leastPromised(
            scores, of: scores.count, needed: epsilon < 2 ? log(2 / epsilon - 1) : -.infinity, SoftmaxLogits()) ?? 0
    }

    private func fallingScores(of query: [Float]) -> [Double] {
        query.withUnsafeBufferPointer { q in
            found.positions.map { Membership.score(q, index.store.key(Int($0))) }
        }.sorted(by: >)
    }

    /// The fewest of the largest scores that suffice; nil where these do not.
    private static func leastPromised(
        _ falling: [Double], of n: Int, needed: Double, _ logits: SoftmaxLogits
    ) -> Int? {
        var mass = LogSum()
        if let sink = logits.sink { mass.add(sink) }
        for (i, score) in falling.enumerated() {
            mass.add(logits(score))
            let kept = i + 1
            // Keys that tie are kept together.
            if kept < falling.count, falling[kept] == score { continue }
            if kept == n { return n }
            let next = kept < falling.count ? falling[kept] : score
            if mass.value - log(Double(n - kept)) - logits(next) >= needed { return kept }
        }
        return nil
    }
}
