import ArgumentParser
import Attention
import CKernels
import Evaluation
import Foundation
import HalfSpace
import Measurement

/// Softmax over the r keys of largest score: through the index, by a scan with a sampled threshold, and over all keys.
struct BenchTopR: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topr",
        abstract: "Time top-r softmax; naive is a scan with the same sampled threshold, full softmax stands beside it.")

    @OptionGroup var options: BenchOptions

    func run() throws {
        let printer = BenchPrinter(options.format, hidden: ["queries", "state", "level", "workload", "reason"])
        let cold = options.isCold ? ColdCaches() : nil
        var wrong = 0
        try options.eachSize { input in
            for choice in options.index.choices {
                do {
                    wrong += try measure(input, choice: choice, cold: cold, printer: printer)
                } catch let error as IndexCannotServe {
                    BenchProgress.clear()
                    Message.complain(error)
                }
            }
        }
        if wrong > 0 { throw ExitCode(1) }
    }

    /// Prints a line; returns how many keys were missed or extra.
    private func measure(
        _ input: BenchInput, choice: IndexChoice, cold: ColdCaches?, printer: BenchPrinter
    ) throws -> Int {
        let store = input.store
        let r = options.budget.count(of: input.n)
        let hints = QueryHints(expectedShare: Double(r) / Double(max(1, input.n)))
        BenchProgress.show("d = \(input.d), n = \(input.n), \(choice.name): building")
        let index = try ReportingIndex(store: store, choice: choice, hints: hints, threads: options.threads)
        let (sparse, scan, dense) = (
            SparseAttention(index: index), TopRScan(store: store), DenseAttention(store: store)
        )
        let output = AttentionOutput(valueDimension: store.valueDimension)
        var settings = options.settings()
        settings.rule = .count
        let chooser = ThresholdChooser(settings: settings, activation: .softmax)
        var times = (hsr: [Double](), scan: [Double](), full: [Double]())
        var (missed, extra, reported) = (0, 0, 0.0)
        let report = Report()
        let queries = options.queryCount(input.n)
        for i in -2..<queries {
            let query = try input.query(i + 2)
            cold?.empty()
            // The spread of the scores, by which a threshold is remembered, is part of finding it.
            let hsr = try Stopwatch.microseconds {
                let chosen = chooser.choose(query, over: input.statistics)
                try sparse.attend(query, activation: .softmax, threshold: chosen, into: output)
            }
            cold?.empty()
            let scanned = Stopwatch.microseconds { scan.attend(query, r: r, into: output) }
            cold?.empty()
            let full = Stopwatch.microseconds { dense.attend(query, activation: .softmax, threshold: 0, into: output) }
            guard i >= 0 else { continue }
            times.hsr.append(hsr)
            times.scan.append(scanned)
            times.full.append(full)
            reported += Double(sparse.reported) / Double(queries)
            if options.check {
                try index.reportLargest(r, of: query, into: report)
                let expected = Self.largest(r, of: query, in: store)
                let present = expected.intersection(report.positions).count
                missed += expected.count - present
                extra += report.count - present
            }
            BenchProgress.show("d = \(input.d), n = \(input.n), \(choice.name): query \(i + 1) of \(queries)")
        }
        let (hsr, naive, full) = (Samples(times.hsr), Samples(times.scan), Samples(times.full))
        let ratios = Samples(zip(times.scan, times.hsr).map { $0 / $1 })
        let statistics = index.statistics
        printer.print([
            "d": .int(input.d), "n": .int(input.n), "r": .int(r), "index": .text(choice.name),
            "kind": .text(statistics.kind.rawValue), "queries": .int(queries),
            "reported": .number(reported, digits: 1), "naive_us": .number(naive.median, digits: 1),
            "full_us": .number(full.median, digits: 1), "hsr_us": .number(hsr.median, digits: 1),
            "ratio": .number(naive.median / hsr.median, digits: 2),
            "ratio_low": .number(ratios.quantile(0.1), digits: 2),
            "ratio_high": .number(ratios.quantile(0.9), digits: 2),
            "ratio_full": .number(full.median / hsr.median, digits: 2),
            "init_ms": .number(statistics.initSeconds * 1000, digits: 1), "missed": .int(missed),
            "extra": .int(extra), "workload": .text(options.workload.rawValue),
            "state": .text(options.isCold ? "cold" : "warm"),
            "level": .text(String(cString: ck_level_name(ck_level()))),
            "reason": .text(statistics.reason),
        ])
        return missed + extra
    }

    /// The definition: every score in float64, sorted; ties with the r-th are in.
    private static func largest(_ r: Int, of query: [Float], in store: KeyValueStore) -> Set<UInt32> {
        guard r > 0 else { return [] }
        let scores = query.withUnsafeBufferPointer { q in
            (0..<store.count).map { Membership.score(q, store.key($0)) }
        }
        guard r < scores.count else { return Set(scores.indices.map(UInt32.init)) }
        let least = scores.sorted(by: >)[r - 1]
        return Set(scores.indices.lazy.filter { scores[$0] >= least }.map(UInt32.init))
    }
}
