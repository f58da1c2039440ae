import CKernels
import HalfSpace

/// Rows with a known b by codes: a tile of codes is read by 64 queries while it lies in the first-level cache, and what may
/// be a member is scored, weighed and summed while its keys and values lie in the second.
struct CodeRows {
    let job: PrefillJob
    let codes: CodeBlocks
    /// Columns of the picture: stretches are at most that wide. 0: none is made.
    var columns = 0

    /// Blocks whose keys and values fit the second-level cache.
    private var blocksPerStretch: Int {
        let keys = max(1024, min(8192, (1 << 19) / (4 * (job.d + job.dv))))
        let blocks = max(codes.blocksPerTile, keys / CodeBlocks.keysPerBlock)
        return columns > 0 ? max(1, min(blocks, codes.blocks / columns)) : blocks
    }

    func makeScratch() -> CodedQueries {
        CodedQueries(job: job, capacity: blocksPerStretch * CodeBlocks.keysPerBlock)
    }

    /// Sums and normalises rows (at most 64); `picture` is told how many entries it found in which keys.
    func compute(_ rows: Range<Int>, _ queries: CodedQueries, picture: (Range<Int>, Int) -> Void = { _, _ in }) throws {
        try queries.load(rows) { job.thresholds.base[$0] }
        let end = job.visible(rows.upperBound - 1)
        let last = (end + CodeBlocks.keysPerBlock - 1) / CodeBlocks.keysPerBlock
        var view = codes.view
        var stretch = 0
        while stretch < last {
            let stop = min(last, stretch + blocksPerStretch)
            var tile = stretch
            while tile < stop {
                let tileEnd = min(stop, tile + codes.blocksPerTile)
                for slot in 0..<rows.count { queries.scan(slot, blocks: tile..<tileEnd, of: &view) }
                tile = tileEnd
            }
            var entries = 0
            for slot in 0..<rows.count { entries += sum(slot, queries) }
            picture(stretch * CodeBlocks.keysPerBlock..<min(end, stop * CodeBlocks.keysPerBlock), entries)
            stretch = stop
        }
        for (slot, row) in rows.enumerated() where queries.overflows[slot] || !job.finish(row) {
            RowSolver(job: job).solve(row)
        }
    }

    /// Adds the members on a query's list to its row.
    private func sum(_ slot: Int, _ queries: CodedQueries) -> Int {
        let row = queries.rows[slot]
        var count = queries.take(slot, limit: job.visible(row))
        let view = job.rows
        guard count > 0, let keys = view.keys, let values = view.values else { return 0 }
        let ids = queries.list(slot)
        let b = job.thresholds.base[row]
        var tested = 0
        count = ck_resolve(
            keys, job.d, job.d, queries.query(slot), b, queries.upper[slot], ids, queries.dots.base, count, &tested)
        let scale = Float(1 / Double(job.d).squareRoot())
        let weight: Double
        switch job.activation {
        case .relu(let alpha):
            weight = ck_power_weights(queries.dots.base, count, scale, Float(b), Int32(alpha), queries.weights.base)
        default:
            weight = ck_exponential_weights(queries.dots.base, count, scale, job.shift(row), queries.weights.base)
        }
        ck_sum_values(values, job.dv, job.dv, ids, queries.weights.base, count, job.sums.base + row * job.dv)
        job.weights.base[row] += weight
        job.reported.base[row] += UInt32(count)
        return count
    }
}
