import ArgumentParser
import Evaluation
import Workload

/// A growing cache: what taking in each new key costs, and the worst pause.
struct BenchAppend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append", abstract: "Append keys one by one and time what the index does for each.")

    @OptionGroup var options: BenchOptions
    @Option(parsing: .unconditional, help: "Keys appended.")
    var keys = 20_000

    func validate() throws {
        let most = WorkloadLimits.length.upperBound - (options.n.numbers.max() ?? 0)
        if !(1...max(1, most)).contains(keys) {
            throw ValidationError("--keys \(keys) is not from 1 to \(most), what a cache of --n keys can grow by")
        }
    }

    func run() throws {
        let printer = BenchPrinter(options.format)
        let benchmark = AppendBenchmark(try options.plan(), keys: keys)
        for d in options.d.numbers {
            for n in options.n.numbers {
                for choice in options.index.choices {
                    try options.skippingUnserved {
                        // The workload makes the rows that are appended too: a prompt that is longer by `keys`.
                        let workload = try options.made(n: n + keys, d: d, copies: 2)
                        let result = try benchmark.measure(workload, choice: choice, format: options.store)
                        let (naive, worst) = (result.naive.median, result.appends.largest)
                        printer.print([
                            "d": .int(workload.dimension), "n": .int(result.start), "index": .text(choice.name),
                            "kind": .text(result.statistics.kind.rawValue), "appended": .int(result.appends.count),
                            "mean_us": .number(result.meanAppend, digits: 3),
                            "p99_us": .number(result.appends.quantile(0.99), digits: 3),
                            "worst_us": .number(worst, digits: 1),
                            "worst_cpu_us": .number(result.worstAppend, digits: 1),
                            "naive_us": .number(naive, digits: 1), "hsr_us": .number(result.hsr.median, digits: 1),
                            "mean_share": .number(result.meanAppend / naive, digits: 6),
                            "worst_share": .number(worst / naive, digits: 3),
                            "worst_cpu_share": .number(result.worstAppend / naive, digits: 3),
                            "merges": .int(result.statistics.merges), "blocks": .int(result.statistics.blocks),
                            "tail": .int(result.statistics.tail),
                            "bytes_per_key": .number(result.bytesPerKey, digits: 1),
                            "store": .text(options.store.rawValue),
                        ])
                    }
                }
            }
        }
    }
}
