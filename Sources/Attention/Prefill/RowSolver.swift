import CKernels
import Foundation
import HalfSpace

/// One row from the definition, whatever its rule and however large or small its numbers: every key that it sees is scored.
///
/// The way out where a faster way cannot vouch for its answer.
final class RowSolver {
    private let job: PrefillJob
    private let scratch = Scratch()

    init(job: PrefillJob) { self.job = job }

    /// Computes the row's output, its b where the row finds it, and its count.
    /// - Parameter everyKey: Softmax over all keys that the row sees, and no threshold.
    func solve(_ row: Int, everyKey: Bool = false) {
        let rows = Array(0..<UInt32(job.visible(row)))
        let scores = Membership.scores(of: job.query(row), rows: rows, in: job.store)
        if everyKey { return write(row, rows, scores) }
        if let b = RowThreshold.find(job.chosen[row], activation: job.activation, scores: scores) {
            job.thresholds.base[row] = b
        }
        let b = job.thresholds.base[row]
        let members = rows.filter { scores[Int($0)] >= b }
        write(row, members, members.map { scores[Int($0)] })
    }

    private func rounding(_ row: Int, _ members: [UInt32], _ scores: [Double]) -> Double {
        guard let top = scores.indices.max(by: { scores[$0] < scores[$1] }) else { return 0 }
        return FloatPrecision.rounding(
            job.query(row), job.store.key(Int(members[top])), threshold: job.thresholds.base[row])
    }

    /// Weighs a listed set in float64 and sums its values.
    func write(_ row: Int, _ members: [UInt32], _ scores: [Double]) {
        var weights: [Float] = []
        let logSum =
            job.usesLogits
            ? ScoreWeights.fill(&weights, scores: scores, logits: job.logits)
            : ScoreWeights.fill(
                &weights, scores: scores, activation: job.activation, threshold: job.thresholds.base[row],
                rounding: rounding(row, members, scores))
        if case .relu = job.activation { job.weights.base[row] = exp(logSum) }
        job.reported.base[row] = UInt32(members.count)
        let out = job.sums.base + row * job.dv
        for t in 0..<job.dv { out[t] = 0 }
        guard let values = job.rows.values else { return }
        ck_sum_values(ck_floats(values, job.dv), job.dv, members, weights, members.count, out)
    }
}

/// The b that a row finds by itself.
package enum RowThreshold {
    /// From all scores of the row; nil where b is known beforehand, or the row is empty.
    package static func find(_ chosen: ChosenThreshold, activation: Activation, scores: [Double]) -> Double? {
        if case .entmax(let alpha) = activation { return scores.max().map { $0 - Entmax.reach(alpha) } }
        guard let r = chosen.keepLargest else { return nil }
        guard r > 0 else { return .infinity }
        guard !scores.isEmpty else { return nil }
        return scores.sorted(by: >)[min(r, scores.count) - 1] + chosen.shift
    }
}
