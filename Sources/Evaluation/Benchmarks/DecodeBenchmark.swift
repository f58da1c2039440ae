import Attention
import CKernels
import Foundation
import HalfSpace
import Measurement

/// Decode steps over fixed keys: HSR, naive and scan alternate in one process, query by query.
public struct DecodeBenchmark {
    public var plan: BenchmarkPlan
    /// Whether the scan and a plain read are timed beside HSR and naive.
    public var timesRivals = true

    public init(_ plan: BenchmarkPlan) { self.plan = plan }

    /// Builds the index and times the steps.
    /// - Throws: `IndexCannotServe`, or what `plan.progress` throws.
    public func measure(_ input: BenchmarkInput, choice: IndexChoice) throws -> DecodeMeasurement {
        let (store, activation, cold) = (input.store, plan.activation, plan.cold)
        let chooser = ThresholdChooser(settings: plan.threshold, activation: activation)
        try plan.progress("d = \(input.d), n = \(input.n), \(choice.name): building")
        let hints = Self.hints(input, chooser: chooser)
        let index = try ReportingIndex(store: store, choice: choice, hints: hints, threads: plan.threads)
        let queries = plan.queryCount(input.n)
        var result = DecodeMeasurement(
            d: input.d, n: input.n, choice: choice, statistics: index.statistics, queries: queries, hints: hints,
            shape: StepShape(of: store, hints: hints))
        result.storeBytes = store.bytes

        let (dense, scan, sparse) = (
            DenseAttention(store: store), ScanAttention(store: store), SparseAttention(index: index)
        )
        let output = AttentionOutput(valueDimension: store.valueDimension)
        // Short calls are repeated within a timing when nothing needs to be emptied between them.
        let repeats = cold == nil ? min(4096, max(1, 4_000_000 / max(1, input.n * (input.d + 4)))) : 1
        func timed(_ body: () throws -> Void) throws -> Double {
            cold?.empty()
            return try Stopwatch.microseconds { for _ in 0..<repeats { try body() } } / Double(repeats)
        }
        var times = (naive: [Double](), scan: [Double](), hsr: [Double](), rule: [Double](), read: [Double]())
        var rows = store.kernelRows
        var sum: Float = 0
        let report = Report()
        for i in -2..<queries {
            // Two rounds that are not counted let an index that remembers settle.
            let query = try input.query(i + 2)
            var chosen = ChosenThreshold(value: 0)
            let rule = try timed { chosen = chooser.choose(query, over: input.statistics) }
            // In alternating order, since the later of the two finds some of the code that they share: even through a third
            // cache's worth of reads some lines survive.
            var (naive, b) = (0.0, chosen.value)
            let denseFirst = i % 2 != 0 && chosen.keepLargest == nil
            if denseFirst {
                naive = try timed { dense.attend(query, activation: activation, threshold: b, into: output) }
            }
            let isKnown = chosen.keepLargest == nil && (activation.name == "relu" || index.answersDensely)
            var found: AttentionFinding?
            let hsr =
                isKnown
                ? try timed { found = try sparse.attend(query, activation: activation, threshold: b, into: output) }
                : try timed {
                    found = try sparse.attend(query, activation: activation, threshold: chosen, into: output)
                }
            guard let found else { continue }
            b = found.threshold
            if !denseFirst {
                naive = try timed { dense.attend(query, activation: activation, threshold: b, into: output) }
            }
            var (scanned, read) = (Double.nan, Double.nan)
            if timesRivals {
                if activation.name != "entmax" {
                    scanned = try timed { scan.attend(query, activation: activation, threshold: b, into: output) }
                }
                read = try timed { sum += ck_plain_read(&rows, store.count) }
            }
            guard i >= 0 else { continue }
            times.read.append(read)
            times.naive.append(naive)
            times.scan.append(scanned)
            times.hsr.append(hsr)
            times.rule.append(rule)
            // The set is listed by the driver that was timed.
            try sparse.list(found, of: query, into: report)
            result.reported += Double(report.count) / Double(queries)
            result.candidates += Double(found.work.candidates) / Double(queries)
            result.usedMoments = result.usedMoments || found.usedMoments
            result.listing.work += report.work
            result.listing.queries += 1
            if plan.checks {
                let check = SetCheck(found, of: query, report: report, store: store)
                result.missed += check.missed
                result.extra += check.extra
            }
            try plan.progress("d = \(input.d), n = \(input.n), \(choice.name): query \(i + 1) of \(queries)")
        }
        result.naive = Samples(times.naive)
        result.scan = Samples(times.scan)
        result.hsr = Samples(times.hsr)
        result.rule = Samples(times.rule)
        // The sum is used, so that no compiler leaves the reads out; keys are finite, so it holds.
        result.read = Samples(sum.isNaN ? [] : times.read)
        result.ratios = Samples(zip(times.naive, times.hsr).map { $0 / $1 })
        result.statistics = index.statistics
        result.shape.members = result.reported
        return result
    }

    /// What a user of the index knows of the queries to come, from a few of them.
    private static func hints(_ input: BenchmarkInput, chooser: ThresholdChooser) -> QueryHints {
        let queries = input.n > 0 ? (try? (0..<8).map { try input.query($0) }) ?? [] : []
        var hints = QueryHints(chooser, queries: queries, statistics: input.statistics, store: input.store)
        hints.keysStay = true
        hints.queries = queries
        return hints
    }
}
