import Evaluation
import Foundation
import HalfSpace
import Model
import Simulation

/// T9 on heads of a language model that reads a text.
struct PolicyTable {
    let model: String
    let text: String
    let n: Int?
    let format: BenchFormat

    private static let usualLength = 2048
    private static let steps = 16

    func print() throws {
        let path = try ModelFiles.find(model)
        let progress: @Sendable (PromptProgress) throws -> Void = {
            BenchProgress.show("T9: reading, \(Int(100 * $0.fraction)) %")
        }
        let (name, episodes): (String, [PolicyEpisode])
        if LanguageModels.isGGUF(path) {
            let model = try LlamaModel.shared(path: path)
            let tokens = try ModelFiles.tokens(ofFile: text, model, atMost: try length(of: model))
            (name, episodes) = (
                model.name,
                try ModelEpisodes.make(model, tokens: try checked(tokens), steps: Self.steps, progress: progress)
            )
        } else {
            let model = try ByteModel.shared(path: path)
            guard model.activation == .softmax else {
                throw SettingsError(
                    .usage, "T9 compares policies of softmax, and \(model.name) has another; give --model softmax")
            }
            let tokens = try ModelFiles.tokens(ofFile: text, model, atMost: try length(of: model))
            (name, episodes) = (
                model.name,
                try ModelEpisodes.make(model, tokens: try checked(tokens), steps: Self.steps, progress: progress)
            )
        }
        let table = try Evaluation.policies(of: name, episodes) { BenchProgress.show($0) }
        BenchProgress.clear()
        Swift.print(table.printed(as: format))
    }

    private func length(of model: any LanguageModel) throws -> Int {
        let wanted = n ?? min(Self.usualLength, model.mostTokens)
        guard wanted <= model.mostTokens else {
            throw SettingsError(
                .usage, "--n \(wanted) is more than the \(model.mostTokens) tokens that \(model.path) was trained for")
        }
        return wanted
    }

    private func checked(_ tokens: [Int]) throws -> [Int] {
        guard tokens.count >= 4 * Self.steps else {
            throw SettingsError(
                .usage,
                "\(text): has \(tokens.count) tokens; T9 takes a text of at least \(4 * Self.steps), or a larger --n")
        }
        return tokens
    }
}
