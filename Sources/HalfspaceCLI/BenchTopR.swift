import ArgumentParser
import Evaluation

/// Softmax over the r keys of largest score: through the index, by a scan with a sampled threshold, and over all keys.
struct BenchTopR: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topr",
        abstract: "Time top-r softmax; naive is a scan with the same sampled threshold, full softmax stands beside it.")

    @OptionGroup var options: BenchOptions

    func run() throws {
        let printer = BenchPrinter(options.format, hidden: ["queries", "state", "level", "workload", "reason"])
        let benchmark = TopRBenchmark(try options.plan())
        var wrong = 0
        try options.eachIndex { input, choice in
            let result = try benchmark.measure(input, choice: choice)
            wrong += result.missed + result.extra
            printer.print([
                "d": .int(input.d), "n": .int(input.n), "r": .int(result.r), "index": .text(choice.name),
                "kind": .text(result.statistics.kind.rawValue), "queries": .int(result.queries),
                "reported": .number(result.reported, digits: 1), "naive_us": .number(result.scan.median, digits: 1),
                "full_us": .number(result.full.median, digits: 1), "hsr_us": .number(result.hsr.median, digits: 1),
                "ratio": .number(result.scan.median / result.hsr.median, digits: 2),
                "ratio_low": .number(result.ratios.quantile(0.1), digits: 2),
                "ratio_high": .number(result.ratios.quantile(0.9), digits: 2),
                "ratio_full": .number(result.full.median / result.hsr.median, digits: 2),
                "init_ms": .number(result.statistics.initSeconds * 1000, digits: 1), "missed": .int(result.missed),
                "extra": .int(result.extra), "workload": .text(options.workload.rawValue),
                "state": .text(options.state), "level": .text(Machine.kernels),
                "reason": .text(result.statistics.reason),
            ])
        }
        if wrong > 0 { throw ExitCode(1) }
    }
}
