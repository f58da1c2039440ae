import CKernels
import HalfSpace

/// Rows with a known b by codes: a tile of codes is read by 64 queries while it lies in the first-level cache, and what may
/// be a member is scored, weighed and summed while its keys and values lie in the second.
struct CodeRows {
    let job: PrefillJob
    let codes: CodeBlocks
    private let scale: Float
    private let exponent: Int32
    /// Columns of the picture: stretches are at most that wide. 0: none is made.
    var columns = 0

    init(job: PrefillJob, codes: CodeBlocks) {
        self.job = job
        self.codes = codes
        scale = Float(1 / Double(job.d).squareRoot())
        exponent = job.exponent
    }

    /// Blocks whose keys and values fit the second-level cache.
    private var blocksPerStretch: Int {
        let keys = max(1024, min(8192, (1 << 19) / (4 * (job.d + job.dv))))
        let blocks = max(codes.blocksPerTile, keys / CodeBlocks.keysPerBlock)
        return columns > 0 ? max(1, min(blocks, codes.blocks / columns)) : blocks
    }

    func makeScratch() -> CodedQueries {
        CodedQueries(job: job, for: codes, capacity: blocksPerStretch * CodeBlocks.keysPerBlock)
    }

    /// Sums and normalises rows (at most 64); `picture` is told how many entries it found in which keys.
    func compute(_ rows: Range<Int>, _ queries: CodedQueries, picture: (Range<Int>, Int) -> Void = { _, _ in }) throws {
        try queries.load(rows) { job.thresholds.base[$0] }
        let end = job.visible(rows.upperBound - 1)
        let last = (end + CodeBlocks.keysPerBlock - 1) / CodeBlocks.keysPerBlock
        guard let keys = job.rows.keys, let values = job.rows.values else { return }
        for stretch in stride(from: 0, to: last, by: blocksPerStretch) {
            let stop = min(last, stretch + blocksPerStretch)
            queries.scan(stretch..<stop, of: codes)
            var entries = 0
            for slot in 0..<rows.count { entries += sum(slot, queries, keys, values) }
            if columns > 0 {
                picture(stretch * CodeBlocks.keysPerBlock..<min(end, stop * CodeBlocks.keysPerBlock), entries)
            }
        }
        for (slot, row) in rows.enumerated() where queries.overflows[slot] || !job.finish(row) {
            RowSolver(job: job).solve(row)
        }
    }

    /// Adds the members on a query's list to its row.
    private func sum(
        _ slot: Int, _ queries: CodedQueries, _ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>
    ) -> Int {
        let row = queries.rows.lowerBound + slot
        var count = queries.take(slot, limit: job.visible(row), keys: keys)
        guard count > 0 else { return 0 }
        let (ids, dots, weights) = (queries.list(slot), queries.dots.base, queries.weights.base)
        let b = job.thresholds.base[row]
        var tested = 0
        count = ck_resolve(
            ck_floats(keys, job.d), job.d, queries.query(slot), b, queries.upper.base[slot], ids, dots, count, &tested)
        let weight =
            exponent > 0
            ? ck_power_weights(dots, count, scale, Float(b), exponent, weights)
            : ck_exponential_weights(dots, count, scale, job.shift(row), weights)
        ck_sum_values(ck_floats(values, job.dv), job.dv, ids, weights, count, job.sums.base + row * job.dv)
        job.weights.base[row] += weight
        job.reported.base[row] += UInt32(count)
        return count
    }
}
