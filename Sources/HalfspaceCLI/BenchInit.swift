import ArgumentParser
import Evaluation

/// What an index costs before its first query.
struct BenchInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Time to build each index, in milliseconds and in naive steps, and the steps until it has paid.")

    @OptionGroup var options: BenchOptions

    func run() throws {
        let printer = BenchPrinter(options.format)
        let benchmark = DecodeBenchmark(try options.plan())
        try options.eachIndex { input, choice in
            let result = try benchmark.measure(input, choice: choice)
            printer.print([
                "d": .int(input.d), "n": .int(input.n), "index": .text(choice.name),
                "kind": .text(result.statistics.kind.rawValue), "threads": .int(try options.buildingThreads()),
                "init_ms": .number(result.initTime / 1000, digits: 2),
                "naive_us": .number(result.naive.median, digits: 1), "hsr_us": .number(result.hsr.median, digits: 1),
                "naive_steps": .number(result.initTime / result.naive.median, digits: 1),
                "break_even_steps": .number(result.breakEven, digits: 1),
                "bytes_per_key": .number(result.bytesPerKey, digits: 1),
                "store_bytes_per_key": .int(input.store.bytesHeld / max(1, input.n)),
            ])
        }
    }
}
