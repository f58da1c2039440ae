import ArgumentParser
import Dashboard
import Evaluation
import Foundation
import Model
import Simulation
import Workload

/// `halfspace trace record`: queries, keys and values of a pretrained model as it reads a text.
struct TraceRecord: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Write a pretrained model's queries, keys and values as a trace, without Python.",
        discussion: """
            A safetensors file of float32 with layers.L.q, .k and .v after rotation, causal, and OUT.words.txt with a token a line. 1024 tokens of one layer of SmolLM2 take 4 MB.
            """
    )

    @Option(help: ArgumentHelp("A GGUF file, or the name of one that `halfspace models` lists.", valueName: "file"))
    var model: String
    @Option(help: ArgumentHelp("The text that is read.", valueName: "file"))
    var prompt: String
    @Option(help: "The layers: numbers from 0 and ranges, such as 0,12,20-22, or all.")
    var layers = "all"
    @Option(
        parsing: .unconditional, help: "Tokens that are read, the first so many (default: all that the context takes).")
    var n: Int?
    @Option(name: .shortAndLong, help: ArgumentHelp("The file that is written.", valueName: "file"))
    var out: String

    func validate() throws {
        if let n, n < 1 { throw ValidationError("--n \(n) is not 1 or more.") }
        if out.isEmpty { throw ValidationError("--out needs the name of a file.") }
    }

    func run() throws {
        try reportingFailure {
            let model = try LlamaModel.shared(path: ModelFiles.find(model))
            let chosen = try chosenLayers(of: model)
            let wanted = n ?? model.context
            guard wanted <= model.context else {
                throw SettingsError(
                    .usage, "--n \(wanted) is more than the \(model.context) tokens that \(model.path) was trained for")
            }
            let tokens = try ModelFiles.tokens(ofFile: prompt, model, atMost: wanted)
            guard !tokens.isEmpty else { throw SettingsError(.usage, "\(prompt): is empty; give a text") }
            try MemoryBudget.check(model, context: tokens.count)
            let decoder = LlamaDecoder(model, capacity: tokens.count)
            let recorded = try decoder.record(tokens, layers: chosen) {
                BenchProgress.show("reading \(tokens.count) tokens, \(Int(100 * $0.fraction)) %")
            }
            BenchProgress.clear()
            try write(recorded, of: model)
            let words = words(tokens, model)
            try write(to: wordsPath) { try $0.write(contentsOf: Data(words.utf8)) }
            let size = recorded.reduce(0) { $0 + 4 * ($1.queries.count + $1.keys.count + $1.values.count) }
            let text = "\(tokens.count) tokens of \(chosen.count) layers, \(size / 1_000_000) MB, are in \(out)"
            Message.line(text)
        }
    }

    private func chosenLayers(of model: LlamaModel) throws -> Set<Int> {
        let all = model.headShape.layers
        guard layers != "all" else { return Set(all) }
        var chosen: Set<Int> = []
        for part in layers.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
                all.contains(first), all.contains(last)
            else {
                throw SettingsError(
                    .usage, "--layers \(layers): “\(part)” is no layer or range of layers from 0 to \(all.count - 1)")
            }
            chosen.formUnion(first...last)
        }
        return chosen
    }

    /// Where traces look for their words.
    private var wordsPath: String {
        let ending = ".safetensors"
        return (out.hasSuffix(ending) ? String(out.dropLast(ending.count)) : out) + ".words.txt"
    }

    private func write(_ recorded: [RecordedLayer], of model: LlamaModel) throws {
        let tensors = recorded.flatMap { layer in
            [
                ("q", layer.queryShape, layer.queries), ("k", layer.keyShape, layer.keys),
                ("v", layer.keyShape, layer.values),
            ]
            .map { TraceExport.Tensor(name: "layers.\(layer.layer).\($0.0)", shape: $0.1, numbers: $0.2) }
        }
        let export = TraceExport(
            tensors, metadata: ["causal": "true", "rope": "applied", "layout": "htd", "model": model.name])
        try write(to: out) { handle in try export.write { try handle.write(contentsOf: $0) } }
    }

    private func write(to path: String, _ body: (FileHandle) throws -> Void) throws {
        guard let handle = OutputFile.open(path) else { throw OutputFailure(path: path) }
        do {
            try body(handle)
            try handle.close()
        } catch {
            throw OutputFailure(path: path)
        }
    }

    /// A token a line; what would break a line is written out.
    private func words(_ tokens: [Int], _ model: LlamaModel) -> String {
        tokens.map { token in
            String(decoding: model.tokenizer.bytes(of: token), as: UTF8.self)
                .replacingOccurrences(of: "\n", with: "⏎").replacingOccurrences(of: "\r", with: "␍") + "\n"
        }.joined()
    }
}
