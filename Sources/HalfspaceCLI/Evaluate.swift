import ArgumentParser
import Assets
import Evaluation
import Foundation
import Model
import Simulation
import Workload

/// The tables that check the paper's claims, one by one, on a workload.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Print the tables that prove or refute each claim: counts, exactness, times, errors and bounds.",
        discussion: """
            T1 reported counts, T2 exactness, T3 decode times, T4 Part 1 against Part 2, T5 prefill times, T6 softmax error \
            and its bounds, T7 temperature and the tilt law, T8 massive activation, T9 what other policies keep and miss at the same \
            bytes, T10 a growing cache, T11 the machine, \
            T12 nats a byte of the language models against r and rule, T13 the threshold over decades; with --model and --text \
            nats a token of a pretrained model (a GGUF file), a line a rule, or T9 on the heads of a language model. Each table ends with a verdict: holds, holds where, \
            or refuted, with its figure. Of a trace, T3, T4, T5 and T10 read one head and all others every head of the layer.
            """)

    @Option(help: "all, or a list such as T1,T6.")
    var table = TableList(names: TableList.all)
    @Option(help: "Where keys and queries come from (default: gaussian).")
    var workload: WorkloadKind?
    @Option(help: ArgumentHelp("A safetensors file with q, k and v; implies --workload trace.", valueName: "file"))
    var trace: String?
    @Option(parsing: .unconditional, help: "The trace's layer: the number in the tensors' names (default: the first).")
    var layer: Int?
    @Option(
        parsing: .unconditional,
        help: "The one head of a trace that every table reads (default: all; where a table is timed, the first).")
    var head: Int?
    @Flag(help: "Smaller sizes: all tables in a few minutes on two cores.")
    var quick = false
    @Option(help: "How tables are printed.")
    var format = BenchFormat.table
    @Option(parsing: .unconditional, help: "Seed of the workload.")
    var seed: UInt64 = 1
    @Option(
        help: ArgumentHelp(
            "A language model, for T9 or T12 on a text of your own; T12 takes a GGUF file.", valueName: "file"))
    var model: String?
    @Option(help: ArgumentHelp("The text that --model reads.", valueName: "file"))
    var text: String?
    @Flag(help: "T12 with --model: a line for each policy of T9 at the same bytes, instead of the rules.")
    var policies = false
    @Option(parsing: .unconditional, help: "Tokens of --text, the first so many (default: 2048).")
    var n: Int?

    func validate() throws {
        if trace != nil, let workload, workload != .trace {
            throw ValidationError("--trace goes with --workload trace, not with \(workload.rawValue).")
        }
        if model != nil, ![[Evaluation.modelTable], [Evaluation.policyTable]].contains(table.names) {
            throw ValidationError(
                "--model goes with --table \(Evaluation.modelTable) or --table \(Evaluation.policyTable) alone.")
        }
        guard (model == nil) == (text == nil), model != nil || n == nil else {
            throw ValidationError("--model, --text and --n go together: a GGUF file, a text, and how much of it.")
        }
        guard !policies || model != nil && table.names == [Evaluation.modelTable] else {
            throw ValidationError("--policies goes with --table \(Evaluation.modelTable), --model and --text.")
        }
        if let n, n < 4 { throw ValidationError("--n \(n) is not 4 or more.") }
        let kind = workload ?? (trace == nil ? .gaussian : .trace)
        for (value, name) in [(layer, "--layer"), (head, "--head")] where value != nil && kind != .trace {
            throw ValidationError("\(name) goes with --workload trace, not with \(kind.rawValue).")
        }
    }

    func run() throws {
        try reportingFailure {
            if let model, let text {
                guard table.names == [Evaluation.policyTable] else {
                    return try PretrainedTable(model: model, text: text, n: n, format: format, policies: policies)
                        .print()
                }
                return try PolicyTable(model: model, text: text, n: n, format: format).print()
            }
            let kind = workload ?? (trace == nil ? .gaussian : .trace)
            let source = try WorkloadSource(
                kind: kind, seed: seed, path: trace ?? Assets.trace.path, layer: layer, head: head)
            let plan = quick ? EvaluationPlan.quick : .full
            for (i, name) in table.names.enumerated() {
                try MemoryBudget.check(
                    bytes: plan.bytes(of: name, from: source), of: "the largest line of \(name)",
                    advice: quick ? "name other tables with --table" : "give --quick, or name other tables with --table"
                )
                let made =
                    try name == Evaluation.modelTable
                    ? modelTable()
                    : Evaluation.table(name, of: source, plan: plan) { BenchProgress.show($0) }
                BenchProgress.clear()
                guard let made else { continue }
                print((i > 0 && format != .json ? "\n" : "") + made.printed(as: format))
                fflush(nil)
            }
        }
    }

    /// On the bundled models and prose that they never saw, in pieces of one book each.
    private func modelTable() throws -> ResultTable {
        let models = try ["relu2", "softmax", "entmax"].map { try ByteModel.shared(path: Assets.find(.model, $0).path) }
        let text = Array(try Data(contentsOf: Assets.heldOutText))
        let piece = 8000
        let pieces = stride(from: 0, to: text.count, by: piece).map { Array(text[$0..<min($0 + piece, text.count)]) }
        return try Evaluation.languageModels(models, pieces: Array(pieces.prefix(quick ? 2 : pieces.count))) {
            BenchProgress.show($0)
        }
    }
}

extension ResultTable {
    /// As `--format` asks for it.
    func printed(as format: BenchFormat) -> String {
        switch format {
        case .table: text
        case .csv: csv
        case .json: json
        }
    }
}

/// Tables by name.
struct TableList: ExpressibleByArgument {
    static let all = Evaluation.names + [Evaluation.modelTable]

    var names: [String]

    init(names: [String]) { self.names = names }

    init?(argument: String) {
        if argument.lowercased() == "all" {
            names = Self.all
            return
        }
        names = argument.split(separator: ",", omittingEmptySubsequences: false).map { $0.uppercased() }
        guard !names.isEmpty, names.allSatisfy(Self.all.contains) else { return nil }
    }

    var defaultValueDescription: String { "all" }
}
