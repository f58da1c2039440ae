import ArgumentParser
import Attention
import Evaluation
import Measurement
import Workload

/// Errors of half-space reporting and of naive against the float64 referee.
struct BenchPrecision: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "precision",
        abstract: "Show the relative errors of both outputs against float64, for logits with a large common part.")

    @Option(parsing: .unconditional, help: "Keys.")
    var n = 4096
    @Option(name: .customLong("d"), parsing: .unconditional, help: "Head dimension.")
    var d = 64
    @Option(parsing: .unconditional, help: "Queries a line, of which the worst is shown.")
    var queries = 5
    @Option(parsing: .unconditional, help: "Seed of the keys.")
    var seed: UInt64 = 1
    @Option(help: "How results are printed.")
    var format = BenchFormat.table

    private static let activations: [Activation] =
        [1.01, 1.5, 2, 3].map { .entmax(alpha: $0) } + [.relu(alpha: 1), .relu(alpha: 3), .softmax]

    func validate() throws {
        try CountOption.check(n, "--n", in: 1...1 << 20)
        try CountOption.check(d, "--d", in: WorkloadLimits.dimension)
        try CountOption.check(queries, "--queries", in: 1...1000)
    }

    func run() throws {
        let printer = BenchPrinter(format)
        var size = PrecisionBenchmark.Size()
        (size.n, size.d, size.queries, size.seed) = (n, d, queries, seed)
        for logits in [1, 1e2, 1e4, 1e6] {
            let benchmark = try PrecisionBenchmark(common: logits, size: size)
            for activation in Self.activations {
                BenchProgress.show("logits \(logits), \(activation.name)")
                let errors = try benchmark.measure(activation)
                printer.print([
                    "logits": .int(Int(logits)), "activation": .text(activation.name),
                    "alpha": TableCell(activation.alpha), "hsr_error": .number(errors.hsr),
                    "naive_error": .number(errors.naive), "score_resolution": .number(errors.scoreResolution),
                ])
            }
        }
    }
}
