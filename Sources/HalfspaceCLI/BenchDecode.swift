import ArgumentParser
import Attention
import CKernels
import Evaluation
import Foundation
import HalfSpace
import Measurement

/// Decode steps: HSR, naive and scan alternate in one process, query by query.
struct BenchDecode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Time decode steps over fixed keys; ratio is naive over HSR, larger is better.")

    @OptionGroup var options: BenchOptions

    func run() throws {
        let printer = BenchPrinter(
            options.format,
            hidden: [
                "queries", "naive_p90_us", "hsr_p90_us", "activation", "alpha", "rule", "workload", "rank", "state",
                "level", "reason", "naive_gbps", "read_gbps",
            ])
        let cold = options.isCold ? ColdCaches() : nil
        var wrong = 0
        try options.eachSize { input in
            for choice in options.index.choices {
                do {
                    let result = try DecodeMeasurement.measure(input, choice: choice, options: options, cold: cold)
                    wrong += result.missed + result.extra
                    printer.print(result.row(options))
                } catch let error as IndexCannotServe {
                    BenchProgress.clear()
                    Message.complain(error)
                }
            }
        }
        if wrong > 0 { throw ExitCode(1) }
    }
}

/// What the decode benchmark measures at one d, n and index.
struct DecodeMeasurement {
    var d = 0
    var n = 0
    var choice = IndexChoice.auto
    var statistics: IndexStatistics
    var queries = 0
    var reported = 0.0
    var candidates = 0.0
    var naive = Samples([])
    var scan = Samples([])
    var hsr = Samples([])
    var rule = Samples([])
    /// A plain read of what naive reads.
    var read = Samples([])
    var ratios = Samples([])
    var missed = 0
    var extra = 0
    var usedMoments = false
    var storeBytes = 0

    /// The ratio of medians.
    var ratio: Double { hsr.median > 0 ? naive.median / hsr.median : 0 }

    static func measure(
        _ input: BenchInput, choice: IndexChoice, options: BenchOptions, cold: ColdCaches?
    ) throws -> DecodeMeasurement {
        let (store, activation) = (input.store, try options.activationValue())
        let chooser = ThresholdChooser(settings: options.settings(), activation: activation)
        BenchProgress.show("d = \(input.d), n = \(input.n), \(choice.name): building")
        let hints = Self.hints(input, chooser: chooser)
        let index = try ReportingIndex(store: store, choice: choice, hints: hints, threads: options.threads)
        var result = DecodeMeasurement(statistics: index.statistics)
        result.d = input.d
        result.n = input.n
        result.choice = choice
        result.queries = options.queryCount(input.n)
        result.storeBytes = store.bytes

        let (dense, scan, sparse) = (
            DenseAttention(store: store), ScanAttention(store: store), SparseAttention(index: index)
        )
        let output = AttentionOutput(valueDimension: store.valueDimension)
        // Short calls are repeated within a timing when nothing needs to be emptied between them.
        let repeats = cold == nil ? max(1, 4_000_000 / max(1, input.n * (input.d + 4))) : 1
        func timed(_ body: () throws -> Void) throws -> Double {
            cold?.empty()
            return try Stopwatch.microseconds { for _ in 0..<repeats { try body() } } / Double(repeats)
        }
        var times = (naive: [Double](), scan: [Double](), hsr: [Double](), rule: [Double](), read: [Double]())
        var rows = store.kernelRows
        var sum: Float = 0
        let report = Report()
        for i in -2..<result.queries {
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
            let hsr =
                isKnown
                ? try timed { try sparse.attend(query, activation: activation, threshold: b, into: output) }
                : try timed { try sparse.attend(query, activation: activation, threshold: chosen, into: output) }
            b = sparse.threshold
            if !denseFirst {
                naive = try timed { dense.attend(query, activation: activation, threshold: b, into: output) }
            }
            var scanned = Double.nan
            if activation.name != "entmax" {
                scanned = try timed { scan.attend(query, activation: activation, threshold: b, into: output) }
            }
            let read = try timed { sum += ck_plain_read(&rows, store.count) }
            guard i >= 0 else { continue }
            times.read.append(read)
            times.naive.append(naive)
            times.scan.append(scanned)
            times.hsr.append(hsr)
            times.rule.append(rule)
            result.reported += Double(sparse.reported) / Double(result.queries)
            result.candidates += Double(sparse.work.candidates) / Double(result.queries)
            result.usedMoments = result.usedMoments || sparse.usedMoments
            if options.check {
                try sparse.list(into: report)
                let expected = Membership.positions(of: try Query(query, threshold: b), in: store)
                let found = Set(report.positions)
                let present = expected.count { found.contains($0) }
                result.missed += expected.count - present
                result.extra += report.count - present
            }
            BenchProgress.show("d = \(input.d), n = \(input.n), \(choice.name): query \(i + 1) of \(result.queries)")
        }
        result.naive = Samples(times.naive)
        result.scan = Samples(times.scan)
        result.hsr = Samples(times.hsr)
        result.rule = Samples(times.rule)
        // The sum is used, so that no compiler leaves the reads out; keys are finite, so it holds.
        result.read = Samples(sum.isNaN ? [] : times.read)
        result.ratios = Samples(zip(times.naive, times.hsr).map { $0 / $1 })
        result.statistics = index.statistics
        return result
    }

    /// What a user of the index knows of the queries to come, from a few of them.
    static func hints(_ input: BenchInput, chooser: ThresholdChooser) -> QueryHints {
        let queries = input.n > 0 ? (try? (0..<8).map { try input.query($0) }) ?? [] : []
        var hints = QueryHints(chooser, queries: queries, statistics: input.statistics, store: input.store)
        hints.keysStay = true
        hints.queries = queries
        return hints
    }

    func row(_ options: BenchOptions) -> KeyValuePairs<String, BenchValue> {
        let alpha = (try? options.activationValue())?.alpha ?? .nan
        return [
            "d": .int(d), "n": .int(n), "index": .text(choice.name), "kind": .text(statistics.kind.rawValue),
            "queries": .int(queries), "reported": .number(reported, digits: 1),
            "candidates": .number(candidates, digits: 1), "naive_us": .number(naive.median, digits: 2),
            "scan_us": .number(scan.median, digits: 2), "hsr_us": .number(hsr.median, digits: 2),
            "rule_us": .number(rule.median, digits: 2), "ratio": .number(ratio, digits: 2),
            "ratio_low": .number(ratios.quantile(0.1), digits: 2),
            "ratio_high": .number(ratios.quantile(0.9), digits: 2),
            "naive_p90_us": .number(naive.quantile(0.9), digits: 2),
            "hsr_p90_us": .number(hsr.quantile(0.9), digits: 2),
            "naive_gbps": .number(Double(storeBytes) / naive.median / 1000, digits: 1),
            "read_gbps": .number(read.median > 0 ? Double(storeBytes) / read.median / 1000 : .nan, digits: 1),
            "init_ms": .number(statistics.initSeconds * 1000, digits: 1),
            "bytes_per_key": .number(Double(statistics.bytes) / Double(max(1, n)), digits: 1),
            "missed": .int(missed), "extra": .int(extra), "path": .text(usedMoments ? "moments" : "listed"),
            "state": .text(options.isCold ? "cold" : "warm"),
            "level": .text(String(cString: ck_level_name(ck_level()))),
            "activation": .text(options.activation.rawValue), "alpha": .number(alpha, digits: 2),
            "rule": .text(options.rule.rawValue), "workload": .text(options.workload.rawValue),
            "rank": .number(options.rank.map(Double.init) ?? .nan, digits: 0),
            "reason": .text(statistics.reason),
        ]
    }
}
