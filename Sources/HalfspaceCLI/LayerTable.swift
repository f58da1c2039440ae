import ArgumentParser
import Evaluation
import Foundation
import HalfSpace
import Measurement
import Simulation
import Workload

/// `bench decode --heads`: steps of all heads of a layer, HSR and naive in turn on the same threads.
struct LayerTable {
    private let options: BenchOptions
    private let shape: LayerShape

    init(_ options: BenchOptions, _ shape: LayerShape) { (self.options, self.shape) = (options, shape) }

    func run() throws {
        let printer = BenchPrinter(
            options.format,
            hidden: [
                "steps", "naive_p90_us", "hsr_p90_us", "activation", "alpha", "rule", "workload", "rank", "state",
                "level",
                "reason", "naive_gbps", "index", "dense_heads", "checked", "left_out_error", "naive_error",
            ])
        // Indexes are built by as many threads as there are for any step.
        let plan = try options.plan(threads: options.threads.numbers.max() ?? 1)
        var wrong = 0
        for d in options.d.numbers {
            for n in options.n.numbers {
                BenchProgress.show("d = \(d), n = \(n): making keys")
                let benchmark = try LayerBenchmark(plan, try made(n: n, d: d), format: options.store)
                for choice in options.index.choices {
                    for threads in options.threads.numbers {
                        try options.skippingUnserved {
                            let result = try benchmark.measure(choice: choice, threads: threads)
                            wrong += result.missed + result.extra
                            printer.print(try row(result))
                        }
                    }
                }
            }
        }
        if wrong > 0 { throw ExitCode(1) }
    }

    private func made(n: Int, d: Int) throws -> LayerWorkload {
        var request = options.request(n: n, d: d)
        request.shape = shape
        guard let workload = try request.make() as? LayerWorkload else {
            throw ValidationError("--heads goes with --workload gaussian or massive.")
        }
        try MemoryBudget.check(
            rows: n, dimension: workload.dimension, valueDimension: workload.valueDimension, shape: shape)
        return workload
    }

    private func row(_ result: LayerMeasurement) throws -> KeyValuePairs<String, TableCell> {
        [
            "d": .int(result.d), "n": .int(result.n), "heads": .int(shape.heads), "kv_heads": .int(shape.keyHeads),
            "threads": .int(result.threads), "index": .text(result.choice.name), "kind": .text(result.kinds),
            "steps": .int(result.steps), "reported": TableCell(result.reported),
            "dense_heads": .int(result.denseHeads),
            "naive_us": .number(result.naive.median, digits: 1), "hsr_us": .number(result.hsr.median, digits: 1),
            "rule_us": .number(result.rule.median, digits: 1), "ratio": .number(result.ratio, digits: 2),
            "ratio_low": .number(result.ratios.quantile(0.1), digits: 2),
            "ratio_high": .number(result.ratios.quantile(0.9), digits: 2),
            "naive_p90_us": .number(result.naive.quantile(0.9), digits: 1),
            "hsr_p90_us": .number(result.hsr.quantile(0.9), digits: 1),
            "head_low": .number(result.headRatios.min() ?? .nan, digits: 2),
            "head_high": .number(result.headRatios.max() ?? .nan, digits: 2),
            "naive_gbps": .number(result.naiveRate, digits: 1),
            "init_ms": .number(1000 * result.initSeconds, digits: 1),
            "bytes_per_key": .number(result.bytesPerKey, digits: 1), "store": .text(options.store.rawValue),
            "checked": .int(result.checked),
            "missed": .int(result.missed), "extra": .int(result.extra),
            "error": result.checked > 0 ? TableCell(result.error) : .none, "left_out_error": TableCell(result.leftOut),
            "naive_error": result.checked > 0 ? TableCell(result.naiveError) : .none,
            "state": .text(options.state), "level": .text(Machine.kernels),
            "activation": .text(options.activation.rawValue),
            "alpha": .number(try options.activationValue().alpha ?? .nan, digits: 2),
            "rule": .text(options.ruleName), "workload": .text(options.workload.rawValue),
            "rank": TableCell(options.rank), "reason": .text(result.statistics.first?.reason ?? ""),
        ]
    }
}
