import Attention
import Foundation
import Model

/// Which language model writes, from what on, and how it draws its letters.
public struct ModelSettings: Sendable, Equatable, Codable {
    /// The file of the model for each activation, by its name: another activation takes other weights.
    public var paths: [String: String] = [:]
    /// What it goes on from: a file, or a text where there is none; without either nothing.
    public var promptPath: String?
    public var promptText: String?
    /// Letters that it writes before it begins anew; nil: as many as the context holds.
    public var generate: Int?
    /// What logits are divided by; 0 takes the likeliest letter.
    public var temperature = 0.8
    /// Only the likeliest letters that together have this share are drawn from.
    public var topP = 1.0

    public init() {}

    /// Bytes of the prompt file that are read where nobody says how many; nil: all.
    public var usualLength: Int?
    /// Of a pretrained model every so many tokens one is computed densely as well; a byte model's all are.
    public var denseEvery = 4
    /// Whether a text is written twice, one after the other: through half-space reporting alone, then densely, with the same luck.
    public var compares = false
    /// Whether the heads of a pretrained model take the keys that they leave out by the means of cells.
    public var takesResidual = false

    /// Tokens of a prompt file that a pretrained model reads where nobody says how many, of the program's own text.
    private static let usualTokens = 1024
    /// No token of a text is longer than this on average.
    private static let bytesPerToken = 32

    /// The tokens of the prompt, as a model cuts them: of a file the first n, of a text all unless n is less.
    /// - Throws: ``SettingsError`` where there is nothing to go on from, or more than a context takes.
    func prompt(of model: any LanguageModel, n asked: Int?) throws(SettingsError) -> [Int] {
        guard model.unit == "token" else { return try prompt(n: asked).map(Int.init) }
        let n = asked ?? (usualLength == nil || promptText != nil ? nil : Self.usualTokens)
        if let n, n >= model.mostTokens {
            throw SettingsError(
                .usage, "--n \(n) is more than the context of \(model.path) takes; give at most \(model.mostTokens - 1)"
            )
        }
        let text = try text(atMost: Self.bytesPerToken * (n ?? model.mostTokens))
        let all = model.tokenizer.beginning + model.tokenizer.tokens(of: text)
        let tokens = Array(all.prefix(n ?? all.count))
        guard !tokens.isEmpty else {
            throw SettingsError(.usage, "the prompt is empty; give a text, or a file that holds one, with --prompt")
        }
        guard tokens.count < model.mostTokens else {
            throw SettingsError(
                .usage,
                "the prompt has \(tokens.count) tokens, and the context of \(model.path) takes \(model.mostTokens); shorten it,"
                    + " or take a part with --n")
        }
        return tokens
    }

    /// The prompt's bytes, at most so many of a file.
    private func text(atMost most: Int) throws(SettingsError) -> [UInt8] {
        if let promptText { return Array(promptText.utf8) }
        guard let promptPath else { return [] }
        do {
            guard let file = FileHandle(forReadingAtPath: promptPath) else { throw CocoaError(.fileReadNoSuchFile) }
            // At the end of an empty file there is nothing to read.
            return Array(try file.read(upToCount: most) ?? Data())
        } catch {
            throw SettingsError(
                .unreadable, "\(promptPath): cannot be read; give a text file with --prompt, or the text")
        }
    }

    /// Reads the prompt: of a file the first n bytes, of a text all unless n is less.
    /// - Throws: ``SettingsError`` where there is nothing to go on from.
    func prompt(n asked: Int?) throws(SettingsError) -> [UInt8] {
        let n = asked ?? (promptText == nil ? usualLength : nil)
        var bytes: [UInt8]
        if let promptText {
            bytes = Array(promptText.utf8)
        } else if let promptPath {
            guard let data = try? Data(contentsOf: URL(fileURLWithPath: promptPath), options: .alwaysMapped) else {
                throw SettingsError(
                    .unreadable, "\(promptPath): cannot be read; give a text file with --prompt, or the text")
            }
            bytes = Array(data.prefix(n ?? ByteDecoder.mostBytes + 1))
        } else {
            bytes = []
        }
        if let n { bytes = Array(bytes.prefix(n)) }
        guard !bytes.isEmpty else {
            throw SettingsError(.usage, "the prompt is empty; give a text, or a file that holds one, with --prompt")
        }
        guard bytes.count < ByteDecoder.mostBytes else {
            if let n {
                throw SettingsError(
                    .usage, "--n \(n) is more than a context takes; give at most \(ByteDecoder.mostBytes - 1)")
            }
            throw SettingsError(
                .usage,
                "the prompt has more than the \(ByteDecoder.mostBytes - 1) bytes that a context takes; shorten it, or take"
                    + " a part with --n")
        }
        return bytes
    }

    /// The model of an activation.
    func model(of activation: Activation) throws(SettingsError) -> any LanguageModel {
        guard let path = paths[activation.name] else {
            throw SettingsError(.usage, "no model with \(activation.name) is named; give one with --model")
        }
        do {
            return try LanguageModels.shared(path: path)
        } catch {
            var isMissing = (error as? ModelFault)?.problem == .cannotRead
            if case .cannotRead? = (error as? GGUFFault)?.problem { isMissing = true }
            throw SettingsError(isMissing ? .unreadable : .badData, "\(error)")
        }
    }
}

extension Settings {
    /// A language model brings its activation, its dimension, and a threshold that it learned, unless another rule is wanted.
    public mutating func fitModel() {
        guard workload == .model else { return }
        request.d = nil
        switch activation {
        case .relu: activation = .relu(alpha: 2)
        case .entmax: activation = .entmax(alpha: 1.5)
        case .softmax: break
        }
    }
}
