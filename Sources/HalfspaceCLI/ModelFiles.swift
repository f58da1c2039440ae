import Assets
import Foundation
import Model
import Simulation

/// Where models are found: the program's own, the user's, and files by path.
enum ModelFiles {
    /// `$XDG_DATA_HOME/halfspace/models`, where pretrained models are looked for by name; the base directory specification of XDG
    /// wants a relative variable ignored.
    static var folder: URL {
        let environment = ProcessInfo.processInfo.environment
        let given = environment["XDG_DATA_HOME"] ?? ""
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory()
        let base = given.hasPrefix("/") ? given : home + "/.local/share"
        return URL(fileURLWithPath: base, isDirectory: true).appendingPathComponent(
            "halfspace/models", isDirectory: true)
    }

    /// The path of a model: a file, a GGUF file of the user's folder by its name, or one of the program's own.
    /// - Throws: `AssetNotFound`; `GGUFFault` or `SettingsError` for one that cannot run here.
    static func find(_ name: String) throws -> String {
        let path = try path(of: name)
        // Before any weight is read: a model that is too large would take the machine with it.
        if LanguageModels.isGGUF(path) {
            try MemoryBudget.check(weights: LlamaModel.card(path: path).memory, of: path)
        }
        return path
    }

    private static func path(of name: String) throws -> String {
        if name.contains("/") || name.hasSuffix(LanguageModels.pretrainedEnding), Assets.isFile(name) { return name }
        if !name.isEmpty, !name.contains("/") {
            let ending = name.hasSuffix(LanguageModels.pretrainedEnding) ? "" : LanguageModels.pretrainedEnding
            let file = folder.appendingPathComponent(name + ending)
            if Assets.isFile(file.path) { return file.path }
        }
        return try Assets.find(.model, name).path
    }

    /// The GGUF files of a folder, in order of name.
    static func pretrained(in folder: URL) -> [URL] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.lowercased().hasSuffix(LanguageModels.pretrainedEnding) && !$0.hasPrefix(".") }
            .sorted()
            .map { folder.appendingPathComponent($0) }.filter { Assets.isFile($0.path) }
    }

    /// The first tokens of a text file, with the one that begins a text where the model asks for it.
    static func tokens(ofFile path: String, _ model: any LanguageModel, atMost most: Int) throws -> [Int] {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw SettingsError(.unreadable, "\(path): cannot be read; give a text file that is there")
        }
        defer { try? file.close() }
        // No token of a text is longer than this on average.
        let bytes = try file.read(upToCount: most.multipliedReportingOverflow(by: 32).partialValue) ?? Data()
        return Array((model.tokenizer.beginning + model.tokenizer.tokens(of: Array(bytes))).prefix(most))
    }
}
