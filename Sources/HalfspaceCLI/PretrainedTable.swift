import Evaluation
import Foundation
import HalfSpace
import Model
import Simulation

/// T12 on a pretrained model and a text: a line a rule, each as soon as it is known.
struct PretrainedTable {
    let model: String
    let text: String
    let n: Int?
    let format: BenchFormat
    /// A line a policy instead of a line a rule.
    let policies: Bool

    private static let usualLength = 2048
    /// A policy's budget is one such part of the prompt's bytes.
    private static let parts = [8, 4]

    func print() throws {
        let model = try LlamaModel.shared(path: ModelFiles.find(model))
        let wanted = n ?? min(Self.usualLength, model.context)
        guard wanted <= model.context else {
            throw SettingsError(
                .usage, "--n \(wanted) is more than the \(model.context) tokens that \(model.path) was trained for")
        }
        let tokens = try ModelFiles.tokens(ofFile: text, model, atMost: wanted)
        guard tokens.count >= 4 else {
            throw SettingsError(.usage, "\(text): has \(tokens.count) tokens; give a text of at least four")
        }
        let printer = BenchPrinter(format)
        guard !policies else {
            return try Evaluation.policyNats(
                model, tokens: tokens, parts: Self.parts, progress: { BenchProgress.show($0) },
                each: { printer.print($0.fields) })
        }
        let runs =
            Evaluation.pretrainedRules.map { (rule: $0, residual: false) }
            + Evaluation.residualRules.map { (rule: $0, residual: true) }
        for run in runs {
            let result = try Evaluation.pretrained(model, tokens: tokens, rule: run.rule, residual: run.residual) {
                BenchProgress.show($0)
            }
            printer.print(result.fields)
        }
    }
}
