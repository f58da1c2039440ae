import CKernels
import Foundation
import HalfSpace

/// The naive prefill: every key and every value for every query, 64 queries at a time, on all cores.
///
/// Scores and weighted sums are register tiles as in a matrix product; softmax keeps a running maximum, so no row of weights
/// is ever stored. O(m·n·(d + dv)).
struct DenseRows {
    /// Keys that stay in the second-level cache while a block passes over them; sums are float32 within.
    static let stretch = 4096

    let job: PrefillJob

    /// Blocks of 64 rows, the longest first.
    static func blocks(_ m: Int) -> [Range<Int>] {
        let width = Int(CK_BLOCK_LANES)
        return stride(from: 0, to: m, by: width).map { $0..<min(m, $0 + width) }.reversed()
    }

    /// What a worker needs.
    final class Scratch {
        let lanes: QueryLanes
        let near: NearScores?
        init(job: PrefillJob) {
            lanes = QueryLanes(width: Int(CK_BLOCK_LANES), job: job)
            if case .entmax(let alpha) = job.activation {
                near = NearScores(alpha: alpha, job: job)
            } else {
                near = nil
            }
        }
    }

    func makeScratch() -> Scratch { Scratch(job: job) }

    /// Computes the rows of one block; they are still to be finished.
    func compute(_ block: Range<Int>, _ scratch: Scratch) {
        let lanes = scratch.lanes
        lanes.load(Array(block), job: job)
        var rows = job.rows
        var sums = lanes.sums
        scratch.near?.findThresholds(lanes, of: block, job: job)
        Self.eachStretch(of: job, block) { keys, limited in
            var view = lanes.view(limited: limited)
            switch job.activation {
            case .relu(let alpha):
                ck_block_power(&rows, keys.lowerBound, keys.upperBound, &view, Int32(alpha), &sums)
                lanes.flush(to: job)
            case .softmax:
                ck_block_softmax(&rows, keys.lowerBound, keys.upperBound, &view, lanes.runningMaximum, &sums)
            case .entmax(let alpha):
                let exponent = 1 / (alpha - 1)
                if exponent == exponent.rounded(), exponent <= 8 {
                    ck_block_power(&rows, keys.lowerBound, keys.upperBound, &view, Int32(exponent), &sums)
                } else {
                    ck_block_real_power(
                        &rows, keys.lowerBound, keys.upperBound, &view, Float(alpha - 1), Float(exponent), &sums)
                }
                lanes.flush(to: job)
            }
        }
        if job.activation == .softmax { lanes.flushSoftmax(to: job) }
    }

    /// Goes through the keys that a block of rows sees; `limited` where some row does not see them all.
    static func eachStretch(
        of job: PrefillJob, _ block: Range<Int>, _ body: (_ keys: Range<Int>, _ limited: Bool) -> Void
    ) {
        let all = job.visible(block.lowerBound)
        let end = job.visible(block.upperBound - 1)
        for start in stride(from: 0, to: end, by: stretch) {
            let stop = min(end, start + stretch)
            body(start..<stop, stop > all)
        }
    }

    /// Computes and normalises all rows but those of `known`.
    func run(_ crew: Crew, known: Range<Int>, done: @escaping @Sendable (Range<Int>) throws -> Void) throws {
        if !known.isEmpty { try done(known) }
        let blocks = Self.blocks(job.m).filter { !$0.overlaps(known) }
        try crew.run(
            blocks.count, scratch: makeScratch,
            task: { index, scratch in
                compute(blocks[index], scratch)
                finish(blocks[index])
            }, done: { try done(blocks[$0]) })
    }

    /// Normalises computed rows; those that float32 does not hold are computed again.
    func finish(_ block: Range<Int>) {
        let solver = RowSolver(job: job)
        for row in block {
            switch job.activation {
            case .softmax: if job.isDoubted(row) { solver.solve(row, everyKey: true) }
            case .entmax: if !job.finish(row) { solver.solve(row) }
            case .relu(let alpha):
                // A dense row counts no members: an empty one is a row without weight.
                let isEmpty = !(job.weights.base[row] > 0) && !mayVanish(row)
                job.reported.base[row] = isEmpty ? 0 : 1
                if !isEmpty, !holdsPowers(row, alpha) { job.doubt(row) }
                if !job.finish(row) { solver.solve(row) }
            }
        }
    }

    /// Whether float32 holds the weights of a row of which nobody counted the members: all keys at most. Where that is too many,
    /// members are taken to lie a third of the deviation of some scores above b, as they do in a Gaussian's tail.
    private func holdsPowers(_ row: Int, _ alpha: Int) -> Bool {
        let (precision, b, visible) = (job.precision(row), job.thresholds.base[row], job.visible(row))
        let weight = job.weights.base[row]
        if precision.holdsPowers(above: b, weight: weight, count: visible, alpha: alpha) { return true }
        let sample = stride(from: 0, to: visible, by: max(1, visible / 64)).map(UInt32.init)
        let scores = Membership.scores(of: job.query(row), rows: sample, in: job.store)
        let mean = scores.reduce(0, +) / Double(scores.count)
        let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)
        let excess = pow(variance.squareRoot() / 3, Double(alpha))
        return precision.holdsPowers(above: b, weight: excess, count: 1, alpha: alpha)
    }

    /// Whether weights of the row may be too small for float32 altogether: `(s − b)^α` of tiny scores, or where looking
    /// again costs little, of any.
    private func mayVanish(_ row: Int) -> Bool {
        guard job.exponent > 1 || job.norms[row] * job.reach < 1e-20 else { return false }
        let largest = job.norms[row] * job.reach / Double(job.d).squareRoot() - job.thresholds.base[row]
        guard largest >= 0 else { return false }
        return job.n <= 4096 || pow(largest, Double(job.exponent)) < 1e-20
    }
}
