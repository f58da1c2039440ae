import Foundation
import HalfSpace

/// What a policy read for one query, and how it weighs it.
public struct PolicyReading: Sendable {
    /// The rows whose keys and values are attended, each once.
    public var rows: [UInt32]
    /// What `exp(s)` of each row is multiplied by, as an unbiased estimator of the whole asks: one over the chance that the row was
    /// read. Empty: 1 for all.
    public var weights: [Double]
    public var bytes: ReadBytes
    /// The output where it is more than attention over the rows, dv numbers.
    public var output: [Float]?
    /// The bytes that it needs at least, where the budget is below them and nothing was read.
    public var least: Int?
    /// What it promises or had to do: "ε 0.12 at δ 0.05".
    public var note = ""

    public init(rows: [UInt32], weights: [Double] = [], bytes: ReadBytes) {
        self.rows = rows
        self.weights = weights
        self.bytes = bytes
    }

    /// Nothing, since the budget is too small.
    static func unaffordable(least: Int) -> PolicyReading {
        var reading = PolicyReading(rows: [], bytes: ReadBytes())
        reading.least = least
        return reading
    }

    /// `Σ w·exp(s)·v / Σ w·exp(s)` in float64 over the rows that were read, dv numbers; 0 where there are none.
    public func attend(_ step: PolicyStep) -> [Float] {
        if let output { return output }
        let scores = step.scores
        let dv = step.store.valueDimension
        var logits = rows.map { scores[Int($0)] }
        if !weights.isEmpty { for i in logits.indices { logits[i] += log(weights[i]) } }
        guard let top = logits.max(), top > -.infinity else { return Array(repeating: 0, count: dv) }
        var sum = Array(repeating: 0.0, count: dv)
        var total = 0.0
        let values = step.store.values
        for (row, logit) in zip(rows, logits) {
            let weight = exp(logit - top)
            total += weight
            for t in 0..<dv { sum[t] += weight * Double(values[Int(row) * dv + t]) }
        }
        return sum.map { Float($0 / total) }
    }
}
