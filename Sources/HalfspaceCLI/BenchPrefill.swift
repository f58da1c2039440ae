import ArgumentParser
import Attention
import Evaluation
import Measurement

extension PrefillMethod: ExpressibleByArgument {}

/// A list of ways to prefill as it is typed: "auto" or "tree,codes".
struct MethodList: ExpressibleByArgument {
    var methods: [PrefillMethod]

    init(_ methods: [PrefillMethod]) { self.methods = methods }

    init?(argument: String) {
        if argument == "all" {
            methods = PrefillMethod.allCases
            return
        }
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        methods = parts.compactMap { PrefillMethod(rawValue: String($0)) }
        guard methods.count == parts.count, !methods.isEmpty else { return nil }
    }

    var defaultValueDescription: String { methods.map(\.rawValue).joined(separator: ",") }
}

/// Prefills of n queries over n keys: dense blocks and the others alternate in one process, all on the same cores.
struct BenchPrefill: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prefill",
        abstract: "Time prefills (Algorithm 2) against dense blocks on all cores; ratio above 1 is a win.")

    @OptionGroup var options: BenchOptions
    @Option(help: "all, or a list of: auto, dense, tree, codes.")
    var method = MethodList([.auto])
    @Flag(help: "A key after its query is not seen.")
    var causal = false
    @Option(parsing: .unconditional, help: "Queries; as many as keys if left out.")
    var rows: Int?
    @Option(parsing: .unconditional, help: "Prefills of each kind; the fastest counts.")
    var rounds = 2
    @Option(parsing: .unconditional, help: "Threads; every core if left out.")
    var workers: Int?

    func validate() throws {
        try options.refuseHalfPrecision()
        try CountOption.check(rounds, "--rounds", in: 1...10_000)
        try CountOption.check(rows, "--rows", in: 1...(1 << 24))
        try CountOption.check(workers, "--workers", in: CountOption.threads)
    }

    func run() throws {
        let printer = BenchPrinter(
            options.format, hidden: ["activation", "alpha", "rule", "workload", "reason", "workers"])
        var benchmark = PrefillBenchmark(try options.plan(), methods: method.methods)
        (benchmark.causal, benchmark.rounds, benchmark.workers) = (causal, rounds, workers)
        for d in options.d.numbers {
            for n in options.n.numbers {
                let input = try options.input(n: n, d: d)
                let m = rows ?? input.n
                guard !causal || m <= input.n else {
                    throw ValidationError("--causal needs a key for every query: --rows is at most \(input.n)")
                }
                for result in try benchmark.measure(input, rows: m) { printer.print(try row(input, result)) }
            }
        }
    }

    private func row(
        _ input: BenchmarkInput, _ result: PrefillBenchmark.Measurement
    ) throws -> KeyValuePairs<String, TableCell> {
        let (best, naive) = (result.best, result.naive)
        return [
            "d": .int(input.d), "n": .int(input.n), "rows": .int(result.rows), "causal": .text(causal ? "yes" : "no"),
            "method": .text(result.method.rawValue), "used": .text(best.method.rawValue),
            "reported": .number(result.reported ?? .nan, digits: 1),
            "naive_ms": .number(naive.seconds * 1000, digits: 1), "hsr_ms": .number(best.seconds * 1000, digits: 1),
            "init_ms": .number(best.initSeconds * 1000, digits: 1),
            "rule_ms": .number(best.ruleSeconds * 1000, digits: 1), "ratio": .number(result.ratio, digits: 2),
            "max_abs_error": .number(result.largestError, digits: 7), "workers": .int(workers ?? Machine.cores),
            "activation": .text(options.activation.rawValue),
            "alpha": .number(try options.activationValue().alpha ?? .nan, digits: 2),
            "rule": .text(options.ruleName), "workload": .text(options.workload.rawValue),
            "reason": .text(best.reason),
        ]
    }
}
