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
    func solve(_ row: Int) {
        let visible = job.visible(row)
        let query = job.query(row)
        let scores = query.withUnsafeBufferPointer { q in (0..<visible).map { Membership.score(q, job.store.key($0)) } }
        if let b = RowThreshold.find(job.chosen[row], activation: job.activation, scores: scores) {
            job.thresholds.base[row] = b
        }
        let b = job.thresholds.base[row]
        let members = (0..<visible).filter { scores[$0] >= b }
        write(row, members.map(UInt32.init), members.map { scores[$0] })
    }

    /// Softmax over the logits of every key that the row sees, for dense rows.
    func solveDensely(_ row: Int) {
        let query = job.query(row)
        let visible = job.visible(row)
        let scores = query.withUnsafeBufferPointer { q in (0..<visible).map { Membership.score(q, job.store.key($0)) } }
        write(row, (0..<visible).map(UInt32.init), scores)
    }

    /// Weighs a listed set in float64 and sums its values.
    func write(_ row: Int, _ members: [UInt32], _ scores: [Double]) {
        var weights: [Float] = []
        let logSum =
            job.usesLogits
            ? ScoreWeights.fill(&weights, scores: scores, logits: job.logits)
            : ScoreWeights.fill(
                &weights, scores: scores, activation: job.activation, threshold: job.thresholds.base[row])
        if case .relu = job.activation { job.weights.base[row] = exp(logSum) }
        job.reported.base[row] = UInt32(members.count)
        let out = job.sums.base + row * job.dv
        for t in 0..<job.dv { out[t] = 0 }
        guard let values = job.rows.values else { return }
        ck_sum_values(values, job.dv, job.dv, members, weights, members.count, out)
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
