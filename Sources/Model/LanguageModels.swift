import Foundation

/// Models of any kind by their files.
public enum LanguageModels {
    /// How the names of pretrained models' files end.
    public static let pretrainedEnding = ".gguf"

    /// Whether a file begins as GGUF does.
    public static func isGGUF(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        return (try? file.read(upToCount: 4)) == Data("GGUF".utf8)
    }

    /// The model of a file, read once: decoders share it.
    /// - Throws: ``ModelFault`` or ``GGUFFault``.
    public static func shared(path: String) throws -> any LanguageModel {
        if isGGUF(path) || path.lowercased().hasSuffix(pretrainedEnding) { return try LlamaModel.shared(path: path) }
        return try ByteModel.shared(path: path)
    }
}
