import ArgumentParser
import Assets
import Attention
import Evaluation
import Foundation
import HalfSpace
import Measurement
import Model
import Simulation

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
    @Option(
        help:
            "Keys that each head of a pretrained model keeps: a number, or a power such as n^0.8; several with commas."
    )
    var budget: String?
    @Option(
        help:
            "The error that each head of a pretrained model promises, in largest values; several with commas, after the budgets."
    )
    var epsilon: String?
    @Option(help: "How the caches keep keys and values: f32, f16 or bf16; several with commas.")
    var store = FormatList([.float32])
    @Option(
        help:
            "Threads of a pretrained model's token; several with commas, the most of which read the prompt. Every core if left out."
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

    /// How a pretrained model's heads choose what they read: by the budgets, then by the errors.
    private func rules() throws -> [ThresholdSettings] {
        func parts(_ list: String) -> [String] {
            list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let budgets = try ((budget ?? (epsilon == nil ? "n^0.8" : nil)).map(parts) ?? []).map { name in
            guard let kept = Budget(name: name) else {
                throw ValidationError("--budget \(name) is neither a number nor a power such as n^0.8.")
            }
            return ThresholdSettings(rule: .count, budget: kept)
        }
        let errors = try (epsilon.map(parts) ?? []).map { text in
            guard let epsilon = Double(text), epsilon > 0, epsilon.isFinite else {
                throw ValidationError("--epsilon \(text) is not a number above 0.")
            }
            return ThresholdSettings(rule: .error, goal: ErrorGoal(epsilon: epsilon))
        }
        return budgets + errors
    }

    private var lengths: [Int] {
        let parts = n.split(separator: ",").map { Int($0) ?? 0 }
        return parts.allSatisfy { (1...ByteDecoder.mostBytes).contains($0) } ? parts : []
    }

    func run() throws {
        try reportingFailure {
            let printer = BenchPrinter(format, hidden: ["indexes"])
            let text = Array(try Data(contentsOf: Assets.play))
            let caches = cold ? try ColdCaches.made(insteadGive: "--no-cold") : nil
            for name in model.split(separator: ",") {
                let model = try LanguageModels.shared(path: ModelFiles.find(String(name)))
                if let longest = lengths.max(), longest + 2 * tokens + 2 > model.mostTokens {
                    throw ValidationError(
                        "--n \(longest) with 2 · \(tokens) tokens is more than the \(model.mostTokens) that \(name) takes."
                    )
                }
                var benchmark = ModelBenchmark(model, text: text)
                benchmark.tokens = tokens
                let rules = model.hasOwnThreshold ? [nil] : try rules().map(Optional.some)
                let cases = rules.flatMap { rule in
                    (workers?.numbers.map(Optional.some) ?? [nil]).map { ModelBenchmark.Case(rule: rule, workers: $0) }
                }
                benchmark.beforeToken = { caches?.empty() }
                benchmark.progress = { BenchProgress.show($0) }
                for n in lengths {
                    try MemoryBudget.check(model, context: n + 2 * tokens + 2)
                    for format in store.formats {
                        benchmark.store = format
                        try benchmark.measure(n: n, cases) { printer.print(row(model, format, $0, $1)) }
                    }
                }
            }
        }
    }

    private func row(
        _ model: any LanguageModel, _ format: NumberFormat, _ one: ModelBenchmark.Case,
        _ result: ModelBenchmark.Measurement
    ) -> KeyValuePairs<String, TableCell> {
        [
            "model": .text(model.name), "n": .int(result.n), "store": .text(format.rawValue),
            "rule": .text(one.rule.map(Evaluation.pretrainedName) ?? "learned"),
            "workers": .int(one.workers ?? ProcessInfo.processInfo.activeProcessorCount),
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
