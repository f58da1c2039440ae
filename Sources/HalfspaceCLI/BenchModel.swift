import ArgumentParser
import Assets
import Attention
import Evaluation
import Foundation
import HalfSpace
import Measurement
import Model

/// Whole tokens of a language model with half-space reporting and with dense attention, in one process, turn about.
struct BenchModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract:
            "Tokens a second of a language model: with half-space reporting and with dense attention, whole tokens.")

    @Option(help: "A model by name or file; several with commas.")
    var model = "relu2"
    @Option(help: ArgumentHelp("Bytes of context, several with commas.", valueName: "n"))
    var n = "4096,16384,65536"
    @Option(help: "Tokens of each kind.")
    var tokens = 64
    @Flag(inversion: .prefixedNo, help: "Read a buffer larger than the caches before every token.")
    var cold = true
    @Option(help: "Keys that each head of a pretrained model keeps: a number, or a power such as n^0.8.")
    var budget: String?
    @Option(help: "The error that each head of a pretrained model promises instead, in largest values.")
    var epsilon: Double?
    @Option(help: "How the caches keep keys and values: f32, f16 or bf16; several with commas.")
    var store = FormatList([.float32])
    @Option(
        help:
            "Threads that read the prompt, and of a pretrained model each token; several with commas. Every core if left out."
    )
    var workers: NumberList?
    @Option(help: "How lines are printed.")
    var format = BenchFormat.table

    func validate() throws {
        if tokens < 1 || tokens > 100_000 { throw ValidationError("--tokens must be from 1 to 100000") }
        for workers in workers?.numbers ?? [] {
            try CountOption.check(workers, "--workers", in: CountOption.threads)
        }
        if lengths.isEmpty { throw ValidationError("--n must be numbers from 1 to \(ByteDecoder.mostBytes)") }
    }

    /// How a pretrained model's heads choose what they read.
    private func rule() throws -> ThresholdSettings {
        if let epsilon {
            guard epsilon > 0, epsilon.isFinite, budget == nil else {
                throw ValidationError("--epsilon is a number above 0, and goes without --budget.")
            }
            return ThresholdSettings(rule: .error, goal: ErrorGoal(epsilon: epsilon))
        }
        guard let kept = Budget(name: budget ?? "n^0.8") else {
            throw ValidationError("--budget \(budget ?? "") is neither a number nor a power such as n^0.8.")
        }
        return ThresholdSettings(rule: .count, budget: kept)
    }

    private var lengths: [Int] {
        let parts = n.split(separator: ",").map { Int($0) ?? 0 }
        return parts.allSatisfy { (1...ByteDecoder.mostBytes).contains($0) } ? parts : []
    }

    func run() throws {
        try reportingFailure {
            let printer = BenchPrinter(format, hidden: ["indexes"])
            let text = Array(try Data(contentsOf: Assets.play))
            let caches = cold ? ColdCaches() : nil
            for name in model.split(separator: ",") {
                let model = try LanguageModels.shared(path: ModelFiles.find(String(name)))
                if let longest = lengths.max(), longest + 2 * tokens + 2 > model.mostTokens {
                    throw ValidationError(
                        "--n \(longest) with 2 · \(tokens) tokens is more than the \(model.mostTokens) that \(name) takes."
                    )
                }
                var benchmark = ModelBenchmark(model, text: text)
                benchmark.tokens = tokens
                if !model.hasOwnThreshold { benchmark.rule = try rule() }
                benchmark.beforeToken = { caches?.empty() }
                benchmark.progress = { BenchProgress.show($0) }
                for n in lengths {
                    for format in store.formats {
                        for workers in workers?.numbers.map(Int?.some) ?? [nil] {
                            (benchmark.store, benchmark.workers) = (format, workers)
                            printer.print(row(model, benchmark, try benchmark.measure(n: n)))
                        }
                    }
                }
            }
        }
    }

    private func row(
        _ model: any LanguageModel, _ benchmark: ModelBenchmark, _ result: ModelBenchmark.Measurement
    ) -> KeyValuePairs<String, TableCell> {
        [
            "model": .text(model.name), "n": .int(result.n), "store": .text(benchmark.store.rawValue),
            "workers": .int(benchmark.workers ?? ProcessInfo.processInfo.activeProcessorCount),
            "caches": .text(cold ? "cold" : "warm"),
            "reported": .number(result.reported, digits: 1),
            "hsr_us": .number(result.token.reporting * 1e6, digits: 1),
            "naive_us": .number(result.token.naive * 1e6, digits: 1),
            "hsr_tokens_s": .number(1 / result.token.reporting, digits: 1),
            "naive_tokens_s": .number(1 / result.token.naive, digits: 1),
            "ratio": .number(result.ratio, digits: 2),
            "hsr_attention": .number(result.attention.reporting / result.token.reporting, digits: 3),
            "naive_attention": .number(result.attention.naive / result.token.naive, digits: 3),
            "weights_gb_s": .number(result.weightsPerSecond / 1e9, digits: 2),
            "plain_gb_s": .number(result.plainReadPerSecond / 1e9, digits: 2),
            "row_bytes": .number(result.cacheBytes.rows, digits: 0),
            "index_bytes": .number(result.cacheBytes.indexes, digits: 0),
            "prefill_s": .number(result.prefillSeconds, digits: 2),
            "index_ms": .number(result.indexSeconds * 1000, digits: 1),
            "indexes": .text(result.indexes.joined(separator: " ")),
        ]
    }
}
