import CKernels
import Foundation
import HalfSpace

/// The naive prefill: every key and every value for every query, 64 queries at a time, on all cores.
///
/// Scores and weighted sums are register tiles as in a matrix product; softmax keeps a running maximum, so no row of weights
/// is ever stored. O(m·n·(d + dv)).
struct DenseRows {
    /// Keys that stay in the second-level cache while a block passes over them; sums are float32 within.
    private static let stretch = 4096

    let job: PrefillJob

    /// Blocks of 64 rows, the longest first.
    static func blocks(_ m: Int) -> [Range<Int>] {
        let width = Int(CK_BLOCK_LANES)
        return stride(from: 0, to: m, by: width).map { $0..<min(m, $0 + width) }.reversed()
    }

    /// What a worker needs.
    final class Scratch {
        let lanes: QueryLanes
        /// Entmax needs all scores of a row at once: it goes row by row.
        let row: DenseAttention
        var output: AttentionOutput
        init(job: PrefillJob) {
            lanes = QueryLanes(width: Int(CK_BLOCK_LANES), job: job)
            row = DenseAttention(store: job.store)
            output = AttentionOutput(valueDimension: job.dv)
        }
    }

    func makeScratch() -> Scratch { Scratch(job: job) }

    /// Computes the rows of one block; those of ReLU are still to be normalised.
    func compute(_ block: Range<Int>, _ scratch: Scratch) {
        if case .entmax = job.activation { return computeRows(block, scratch) }
        let lanes = scratch.lanes
        lanes.load(Array(block), job: job)
        var rows = job.rows
        var sums = lanes.sums
        let all = job.visible(block.lowerBound)
        let end = job.visible(block.upperBound - 1)
        var start = 0
        while start < end {
            let stop = min(end, start + Self.stretch)
            var view = lanes.view(limited: stop > all)
            switch job.activation {
            case .relu(let alpha):
                ck_block_power(&rows, start, stop, &view, Int32(alpha), &sums)
                lanes.flush(to: job)
            default:
                ck_block_softmax(&rows, start, stop, &view, lanes.runningMaximum, &sums)
            }
            start = stop
        }
        if job.activation == .softmax { lanes.flushSoftmax(to: job) }
    }

    /// Computes and normalises all rows.
    func run(_ crew: Crew, done: @escaping @Sendable (Range<Int>) throws -> Void) throws {
        let blocks = Self.blocks(job.m)
        try crew.run(
            blocks.count, scratch: makeScratch,
            task: { index, scratch in
                compute(blocks[index], scratch)
                if case .relu = job.activation { normalise(blocks[index]) }
            }, done: { try done(blocks[$0]) })
    }

    private func computeRows(_ block: Range<Int>, _ scratch: Scratch) {
        for row in block {
            scratch.row.attendRows(
                0..<job.visible(row), job.query(row), activation: job.activation, threshold: 0, into: &scratch.output)
            let out = job.sums.base + row * job.dv
            for t in 0..<job.dv { out[t] = scratch.output.values[t] }
        }
    }

    private func normalise(_ block: Range<Int>) {
        for row in block {
            // A dense row counts no members: an empty one is a row without weight.
            let isEmpty = !(job.weights.base[row] > 0) && !mayVanish(row)
            job.reported.base[row] = isEmpty ? 0 : 1
            if !job.finish(row) { RowSolver(job: job).solve(row) }
        }
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
