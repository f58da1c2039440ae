import CKernels
import Foundation
import HalfSpace
import Measurement
import Synchronization

/// Chooses the way of a prefill by measuring: some rows by each way that could win, against the same keys.
struct PrefillPlan {
    let ways: PrefillWays
    private var job: PrefillJob { ways.job }
    /// Rows, where a causal row of average length counts half.
    private var pairs: Double { Double(job.m) * (job.causal ? 0.5 : 1) }

    /// Fewer rows than this are not worth a sample, unless rows are long.
    private static let leastRows = 4096
    private static let leastLongRows = 1024
    private static let longRow = 32
    /// Codes of shorter keys than this cost about as much as the keys: only many are worth a sample.
    private static let leastCodedDimensions = 12
    private static let leastShortRows = 16_384
    /// Nor is less work than this: products of a query's and a key's entries, and of a weight and a value's.
    private static let leastWork = 1 << 28
    /// A way must promise to take less than this part of the time of dense blocks.
    private static let margin = 0.85
    /// Trees prune little beyond.
    private static let mostTreeDimensions = 6
    /// About what ordering a key or a query takes, for a tree: seconds. Dense blocks must take so many times that.
    private static let orderingSeconds = 0.08e-6
    private static let leastOrderings = 5.0

    init(ways: PrefillWays) { self.ways = ways }

    /// Whether rows find their own threshold in long lists: entmax, or more than a fiftieth of the keys.
    private var listsMany: Bool {
        guard job.needsLists else { return false }
        guard let r = job.chosen.first?.keepLargest, job.activation.name != "entmax" else { return true }
        return r * 50 > job.n
    }

    func choose() throws -> (PrefillMethod, String) {
        let work = job.m * job.n / (job.causal ? 2 : 1) * (job.d + job.dv)
        let mayCode =
            ways.alwaysMeasures
            || (listsMany
                ? job.d >= Self.longRow : job.d >= Self.leastCodedDimensions || job.m >= Self.leastShortRows)
        let mayOrder = job.d <= Self.mostTreeDimensions && !job.needsLists
        let isLarge =
            job.m >= (job.d >= Self.longRow ? Self.leastLongRows : Self.leastRows) && work >= Self.leastWork
            && (mayCode || mayOrder)
        guard isLarge || ways.alwaysMeasures, job.m > 0 else {
            return (.dense, "for so little work dense blocks cost least")
        }
        // The last rows: in a causal prefill they see most keys. Those of the way that is chosen are kept.
        let blocks = sampleBlocks
        let sample = blocks[blocks.count - 1].lowerBound..<blocks[0].upperBound
        let (ways, rows) = (ways, blocks[0].count)
        let dense = try time(blocks, scratch: ways.dense.makeScratch) {
            ways.dense.compute($0, $1)
            ways.dense.finish($0)
        }
        let kept = job.rowResults(sample)
        job.clear(sample)
        var best = (method: PrefillMethod.dense, seconds: Self.margin * dense)
        if mayCode {
            let codes = try timeCodes(blocks)
            if codes < best.seconds { best = (.codes, codes) }
        }
        // What building a tree took is spent when its time is known: it does not count against it, but is told.
        var spent = 0.0
        if mayOrder, let tree = try timeTree(rows: rows, dense: dense), tree < best.seconds {
            best = (.tree, tree)
            spent = ways.tree().buildingSeconds * Double(ways.crew.workers * rows) / pairs
        }
        // What measuring left in rows is nothing to add to.
        job.clear(0..<job.m)
        guard best.method != .dense else {
            job.restore(kept, sample)
            ways.done = sample
            return (.dense, "nothing promised to be faster on a sample of rows")
        }
        let gain = String(format: "%.1f", dense / (best.seconds + spent))
        return (best.method, "\(gain) times as fast as dense blocks on a sample of rows")
    }

    /// A block of rows for every core; a last one that is not full would mislead.
    private var sampleBlocks: [Range<Int>] {
        let blocks = DenseRows.blocks(job.m)
        let first = blocks.count > 1 && blocks[0].count < blocks[1].count ? 1 : 0
        return Array(blocks[first..<min(first + ways.crew.workers, blocks.count)])
    }

    private func timeCodes(_ blocks: [Range<Int>]) throws -> Double {
        if job.needsLists {
            let lists = try ways.lists()
            return try time(blocks, scratch: lists.makeScratch) { try lists.compute($0, $1) }
        }
        let codes = try ways.codes()
        return try time(blocks, scratch: codes.makeScratch) { try codes.compute($0, $1) }
    }

    /// The time of a block when every core has one: that of the fastest, since others may be held up by something else.
    private func time<Scratch>(
        _ blocks: [Range<Int>], scratch: @escaping @Sendable () -> Scratch,
        _ work: @escaping @Sendable (Range<Int>, Scratch) throws -> Void
    ) throws -> Double {
        let fastest = Mutex(Double.infinity)
        try ways.crew.run(blocks.count, scratch: scratch) { index, scratch in
            let watch = Stopwatch()
            try work(blocks[index], scratch)
            let seconds = watch.seconds
            fastest.withLock { $0 = min($0, seconds) }
        }
        return fastest.withLock { $0 }
    }

    /// The time of so many rows if all were made so: some groups of the largest rectangle, with what else the rows need; nil
    /// where building alone would take too long.
    private func timeTree(rows: Int, dense: Double) throws -> Double? {
        let tree = ways.tree()
        let rounds = tree.plan().rounds.count
        // Of all rows, one thread's seconds.
        let whole = dense * pairs / Double(rows)
        let ordering = Self.orderingSeconds * Double(job.n + job.m) * (1 + Double(job.d) / 16) * pairs / Double(job.m)
        guard rounds > 0, whole > Self.leastOrderings * ordering * Double(rounds),
            let prepared = try tree.prepareFirst(ways.crew)
        else { return nil }
        let scratch = tree.makeScratch()
        let probes = 8
        let groups = prepared.groups
        guard groups > 2 * probes else { return nil }
        var seconds = Double.infinity
        for _ in 0..<(job.m >= 16_384 ? 2 : 1) {
            job.clear(0..<job.m)
            let watch = Stopwatch()
            for i in 0..<probes {
                let group = (2 * i + 1) * groups / (2 * probes)
                tree.descend(prepared, groups: group..<group + 1, scratch)
            }
            seconds = min(seconds, watch.seconds)
        }
        let perRow = seconds / Double(probes * Int(CK_GROUP_LANES))
        var total = perRow * Double(job.m)
        if job.causal {
            // Half of the rows take part in each round, against ever smaller trees; every round but the first is still to be
            // made ready; the diagonal is dense, with members counted.
            let work = (0..<rounds).reduce(0) { $0 + pow(0.7, Double($1)) }
            let diagonal =
                1.5 * dense * Double(tree.diagonal) / Double(2 * job.n) * Double(job.m) / Double(rows)
            let building = tree.buildingSeconds * Double(ways.crew.workers) * Double(rounds - 1)
            total = perRow * Double(job.m) / 2 * work + building + diagonal
        }
        return total * Double(rows) / pairs
    }
}
