import ArgumentParser
import Evaluation
import Measurement

/// Decode steps: HSR, naive and scan alternate in one process, query by query.
struct BenchDecode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Time decode steps over fixed keys; ratio is naive over HSR, larger is better.")

    @OptionGroup var options: BenchOptions
    @OptionGroup var layer: HeadOptions

    func validate() throws {
        if try layer.shape(of: options.workload) == nil { _ = try options.buildingThreads() }
    }

    func run() throws {
        if let shape = try layer.shape(of: options.workload) { return try LayerTable(options, shape).run() }
        let printer = BenchPrinter(
            options.format,
            hidden: [
                "queries", "naive_p90_us", "hsr_p90_us", "activation", "alpha", "rule", "workload", "rank", "state",
                "level", "reason", "naive_gbps", "read_gbps",
            ])
        let benchmark = DecodeBenchmark(try options.plan())
        var wrong = 0
        try options.eachIndex { input, choice in
            let result = try benchmark.measure(input, choice: choice)
            wrong += result.missed + result.extra
            printer.print(try row(result))
        }
        if wrong > 0 { throw ExitCode(1) }
    }

    private func row(_ result: DecodeMeasurement) throws -> KeyValuePairs<String, TableCell> {
        [
            "d": .int(result.d), "n": .int(result.n), "index": .text(result.choice.name),
            "kind": .text(result.statistics.kind.rawValue), "queries": .int(result.queries),
            "reported": .number(result.reported, digits: 1), "candidates": .number(result.candidates, digits: 1),
            "naive_us": .number(result.naive.median, digits: 2), "scan_us": .number(result.scan.median, digits: 2),
            "hsr_us": .number(result.hsr.median, digits: 2), "rule_us": .number(result.rule.median, digits: 2),
            "ratio": .number(result.ratio, digits: 2),
            "ratio_low": .number(result.ratios.quantile(0.1), digits: 2),
            "ratio_high": .number(result.ratios.quantile(0.9), digits: 2),
            "naive_p90_us": .number(result.naive.quantile(0.9), digits: 2),
            "hsr_p90_us": .number(result.hsr.quantile(0.9), digits: 2),
            "naive_gbps": .number(Double(result.storeBytes) / result.naive.median / 1000, digits: 1),
            "read_gbps": .number(Double(result.storeBytes) / result.read.median / 1000, digits: 1),
            "init_ms": .number(result.initTime / 1000, digits: 1),
            "bytes_per_key": .number(result.bytesPerKey, digits: 1),
            "store": .text(options.store.rawValue),
            "row_bytes": .number(Double(result.storeBytes) / Double(max(1, result.n)), digits: 0),
            "missed": .int(result.missed), "extra": .int(result.extra),
            "path": .text(result.usedMoments ? "moments" : "listed"), "state": .text(options.state),
            "level": .text(Machine.kernels), "activation": .text(options.activation.rawValue),
            "alpha": .number(try options.activationValue().alpha ?? .nan, digits: 2),
            "rule": .text(options.ruleName), "workload": .text(options.workload.rawValue),
            "rank": TableCell(options.rank), "reason": .text(result.statistics.reason),
        ]
    }
}
