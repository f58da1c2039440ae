import CKernels
import Foundation
import HalfSpace

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
        guard job.findsItsOwn else { return false }
        guard let r = job.chosen.first?.keepLargest, job.activation.name != "entmax" else { return true }
        return r * 50 > job.n
    }

    func choose() throws -> (PrefillMethod, String) {
        let work = job.m * job.n / (job.causal ? 2 : 1) * (job.d + job.dv)
        let mayCode =
            job.d >= Self.leastCodedDimensions || job.m >= Self.leastShortRows && !listsMany || ways.alwaysMeasures
        let mayOrder = job.d <= Self.mostTreeDimensions && !job.findsItsOwn
        let isLarge =
            job.m >= (job.d >= Self.longRow ? Self.leastLongRows : Self.leastRows) && work >= Self.leastWork
            && (mayCode || mayOrder)
        guard isLarge || ways.alwaysMeasures, job.m > 0 else {
            return (.dense, "for so little work dense blocks cost least")
        }
        // The last rows: in a causal prefill they see most keys. Those of the way that is chosen are kept.
        let sample = DenseRows.blocks(job.m)[0]
        let dense = time(sample) {
            let scratch = ways.dense.makeScratch()
            ways.dense.compute(sample, scratch)
            ways.dense.finish(sample)
        }
        let kept = job.rowResults(sample)
        var best = (method: PrefillMethod.dense, seconds: Self.margin * dense)
        if mayCode {
            let codes = try timeCodes(sample)
            if codes < best.seconds { best = (.codes, codes) }
        }
        // What building a tree took is spent when its time is known: it does not count against it, but is told.
        var spent = 0.0
        if mayOrder, let tree = try timeTree(sample, dense: dense), tree < best.seconds {
            best = (.tree, tree)
            spent = ways.tree().building.seconds * Double(ways.crew.workers * sample.count) / pairs
        }
        guard best.method != .dense else {
            // What measuring left in other rows is nothing to add to.
            job.clear(0..<job.m)
            job.restore(kept, sample)
            ways.done = sample
            return (.dense, "nothing promised to be faster on a sample of rows")
        }
        job.clear(sample)
        let gain = String(format: "%.1f", dense / (best.seconds + spent))
        return (best.method, "\(gain) times as fast as dense blocks on a sample of rows")
    }

    private func timeCodes(_ sample: Range<Int>) throws -> Double {
        let seconds: Double
        if job.findsItsOwn {
            let lists = try ways.lists()
            let scratch = lists.makeScratch()
            seconds = try time(sample) { try lists.compute(sample, scratch) }
        } else {
            let codes = try ways.codes()
            let scratch = codes.makeScratch()
            seconds = try time(sample) { try codes.compute(sample, scratch) }
        }
        return seconds
    }

    /// The time of as many rows as the sample has if all were made so: some groups of the largest rectangle, with what else
    /// the rows need; nil where building alone would take too long.
    private func timeTree(_ sample: Range<Int>, dense: Double) throws -> Double? {
        let tree = ways.tree()
        let rounds = tree.plan().rounds.count
        // Of all rows, one thread's seconds.
        let whole = dense * pairs / Double(sample.count)
        let ordering = Self.orderingSeconds * Double(job.n + job.m) * (1 + Double(job.d) / 16) * pairs / Double(job.m)
        guard rounds > 0, whole > Self.leastOrderings * ordering * Double(rounds),
            let prepared = try tree.prepareFirst(ways.crew)
        else { return nil }
        let scratch = tree.makeScratch()
        let probes = 8
        let groups = prepared.groups
        guard groups > 2 * probes else { return nil }
        let seconds = time(0..<job.m) {
            for i in 0..<probes {
                let group = (2 * i + 1) * groups / (2 * probes)
                tree.descend(prepared, groups: group..<group + 1, scratch)
            }
        }
        job.clear(0..<job.m)
        let perRow = seconds / Double(probes * Int(CK_GROUP_LANES))
        var total = perRow * Double(job.m)
        if job.causal {
            // Half of the rows take part in each round, against ever smaller trees; every round but the first is still to be
            // made ready; the diagonal is dense, with members counted.
            let work = (0..<rounds).reduce(0) { $0 + pow(0.7, Double($1)) }
            let diagonal =
                1.5 * dense * Double(tree.diagonal) / Double(2 * job.n) * Double(job.m) / Double(sample.count)
            let building = tree.building.seconds * Double(ways.crew.workers) * Double(rounds - 1)
            total = perRow * Double(job.m) / 2 * work + building + diagonal
        }
        return total * Double(sample.count) / pairs
    }

    /// The faster of two runs, each on rows that are empty: one alone may be held up by something else.
    private func time(_ rows: Range<Int>, _ work: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<(job.m >= 16_384 ? 2 : 1) {
            job.clear(rows)
            let start = clock.now
            try work()
            best = min(best, (clock.now - start).seconds)
        }
        return best
    }
}
