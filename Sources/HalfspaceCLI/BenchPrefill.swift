import ArgumentParser
import Attention
import Foundation
import HalfSpace

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
    @Option(help: "Queries; as many as keys if left out.")
    var rows: Int?
    @Option(help: "Prefills of each kind; the fastest counts.")
    var rounds = 2
    @Option(help: "Threads; every core if left out.")
    var workers: Int?

    func validate() throws {
        if rounds < 1 { throw ValidationError("--rounds must be at least 1") }
        if let rows, rows < 1 { throw ValidationError("--rows must be at least 1") }
        if let workers, workers < 1 { throw ValidationError("--workers must be at least 1") }
    }

    func run() throws {
        let printer = BenchPrinter(
            options.format, hidden: ["activation", "alpha", "rule", "workload", "reason", "workers"])
        try options.eachSize { input in
            let m = rows ?? input.n
            guard !causal || m <= input.n else {
                throw ValidationError("--causal needs a key for every query: --rows is at most \(input.n)")
            }
            let queries = try (0..<m).flatMap { try input.query($0) }
            func prefill(_ method: PrefillMethod) throws -> PrefillResult {
                try Prefill.run(
                    PrefillRequest(
                        queries: queries, activation: options.activationValue(), threshold: options.settings(),
                        causal: causal, method: method, threads: workers), store: input.store)
            }
            var dense: [PrefillResult] = []
            var others = Array(repeating: [PrefillResult](), count: method.methods.count)
            for round in 0..<rounds {
                BenchProgress.show("d = \(input.d), n = \(input.n): round \(round + 1) of \(rounds), dense")
                dense.append(try prefill(.dense))
                for (i, method) in method.methods.enumerated() {
                    BenchProgress.show(
                        "d = \(input.d), n = \(input.n): round \(round + 1) of \(rounds), \(method.rawValue)")
                    others[i].append(try prefill(method))
                }
            }
            guard let naive = dense.min(by: { $0.seconds < $1.seconds }) else { return }
            for (method, results) in zip(method.methods, others) {
                guard let best = results.min(by: { $0.seconds < $1.seconds }) else { continue }
                printer.print(row(input, m, method, best, naive))
            }
        }
    }

    private func row(
        _ input: BenchInput, _ m: Int, _ method: PrefillMethod, _ best: PrefillResult, _ naive: PrefillResult
    ) -> KeyValuePairs<String, BenchValue> {
        let reported = best.reported.map { Double($0.reduce(0, +)) / Double(max(1, m)) } ?? .nan
        let error = zip(best.outputs, naive.outputs).map { abs(Double($0) - Double($1)) }.max() ?? 0
        return [
            "d": .int(input.d), "n": .int(input.n), "rows": .int(m), "causal": .text(causal ? "yes" : "no"),
            "method": .text(method.rawValue), "used": .text(best.method.rawValue),
            "reported": .number(reported, digits: 1), "naive_ms": .number(naive.seconds * 1000, digits: 1),
            "hsr_ms": .number(best.seconds * 1000, digits: 1), "init_ms": .number(best.initSeconds * 1000, digits: 1),
            "rule_ms": .number(best.ruleSeconds * 1000, digits: 1),
            "ratio": .number(naive.seconds / best.seconds, digits: 2), "max_abs_error": .number(error, digits: 7),
            "workers": .int(workers ?? ProcessInfo.processInfo.activeProcessorCount),
            "activation": .text(options.activation.rawValue),
            "alpha": .number((try? options.activationValue())?.alpha ?? .nan, digits: 2),
            "rule": .text(options.rule.rawValue), "workload": .text(options.workload.rawValue),
            "reason": .text(best.reason),
        ]
    }
}
