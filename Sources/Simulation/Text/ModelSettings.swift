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
    func model(of activation: Activation) throws(SettingsError) -> ByteModel {
        guard let path = paths[activation.name] else {
            throw SettingsError(.usage, "no model with \(activation.name) is named; give one with --model")
        }
        do {
            return try ByteModel.shared(path: path)
        } catch {
            let isMissing = error.problem == .cannotRead
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
