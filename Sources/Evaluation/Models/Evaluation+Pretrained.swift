import Attention
import Foundation
import HalfSpace
import Measurement
import Model

/// What a pretrained model makes of a text under one rule.
public struct PretrainedResult: Sendable {
    /// "full", "r=64", "r=n^0.8", "calibrated", "error=0.01".
    public let rule: String
    /// Tokens of the text; the means are over the last half.
    public let n: Int
    public let nats: Double
    /// Keys a row and head that were kept, on average, and their share of those that the row sees.
    public let kept: Double
    public let share: Double
    /// Tokens a second: read as a prompt, or one by one where the rule chooses step by step.
    public let tokensPerSecond: Double

    public var perplexity: Double { exp(nats) }

    /// Names and values in the order in which they are printed.
    public var fields: KeyValuePairs<String, TableCell> {
        [
            "rule": .text(rule), "n": .int(n), "nats": .number(nats, digits: 5),
            "perplexity": .number(perplexity, digits: 4), "kept": .number(kept, digits: 2),
            "share": .number(share, digits: 4), "tokens_s": .number(tokensPerSecond, digits: 1),
        ]
    }
}

extension Evaluation {
    /// The rules of the paper's experiment (arXiv 2410.10165, section 6): all keys, the r largest, `n^0.8`, the calibrated threshold,
    /// and an error that the certificate promises.
    public static let pretrainedRules: [ThresholdSettings] =
        [ThresholdSettings(rule: .learned)]
        + ([4, 16, 64, 256, 1024].map(Budget.keys) + [.power(0.8)]).map { ThresholdSettings(rule: .count, budget: $0) }
        + [ThresholdSettings(rule: .calibrated), ThresholdSettings(rule: .error)]

    /// Those of the rules that are tried once more with the keys that are left out taken by the means of cells (``LeafMeanResidual``).
    public static let residualRules: [ThresholdSettings] =
        ([16, 64, 256].map(Budget.keys) + [.power(0.8)]).map { ThresholdSettings(rule: .count, budget: $0) }
        + [ThresholdSettings(rule: .calibrated)]

    /// Nats a token of a pretrained model over the last half of a text. The rule holds in every head of every layer and in every row.
    /// - Parameter residual: whether the keys that are left out are taken by the means of cells; then, and under the error rule, tokens
    ///   are read one by one.
    /// - Throws: what reading or `progress` throws.
    public static func pretrained(
        _ model: LlamaModel, tokens: [Int], rule: ThresholdSettings, residual: Bool = false,
        progress: @escaping @Sendable (String) throws -> Void = { _ in }
    ) throws -> PretrainedResult {
        let decoder = LlamaDecoder(model, capacity: max(1, tokens.count), rule: rule)
        decoder.takesResidual = residual
        let name = pretrainedName(rule) + (residual ? "+residual" : "")
        let half = max(1, tokens.count / 2)
        let watch = Stopwatch()
        if rule.rule == .error || residual {
            return try stepwise(decoder, tokens, from: half, name, progress)
        }
        let nats = try decoder.surprise(of: tokens, from: half) {
            try progress("\(modelTable): \(name), \(Int(100 * $0.fraction)) %")
        }
        let seconds = watch.seconds
        var (kept, share) = (0.0, 0.0)
        for counts in decoder.reportedInPrompt {
            for row in half..<max(half, tokens.count) {
                let count = Double(counts?[row] ?? row + 1)
                kept += count
                share += count / Double(row + 1)
            }
        }
        let rows = Double(max(1, (tokens.count - half) * decoder.reportedInPrompt.count))
        return PretrainedResult(
            rule: name, n: tokens.count, nats: Samples(nats).mean, kept: kept / rows, share: share / rows,
            tokensPerSecond: Double(tokens.count) / seconds)
    }

    /// Token by token, for rules that learn from one query what the next needs.
    private static func stepwise(
        _ decoder: LlamaDecoder, _ tokens: [Int], from half: Int, _ name: String,
        _ progress: @Sendable (String) throws -> Void
    ) throws -> PretrainedResult {
        var (nats, kept, share): ([Double], [Double], [Double]) = ([], [], [])
        let watch = Stopwatch()
        try decoder.buildIndexes()
        for (position, token) in tokens.enumerated() {
            if position % 16 == 0 { try progress("\(modelTable): \(name), token \(position) of \(tokens.count)") }
            let step = try decoder.step(token, .reporting)
            if position >= half {
                let mean = Samples(step.reported.map(Double.init)).mean
                kept.append(mean)
                share.append(mean / Double(position + 1))
            }
            if position + 1 >= half, position + 1 < tokens.count {
                nats.append(Logits.surprise(of: tokens[position + 1], step.logits))
            }
        }
        return PretrainedResult(
            rule: name, n: tokens.count, nats: Samples(nats).mean, kept: Samples(kept).mean, share: Samples(share).mean,
            tokensPerSecond: Double(tokens.count) / watch.seconds)
    }

    /// The name of a rule in ``PretrainedResult``.
    public static func pretrainedName(_ rule: ThresholdSettings) -> String {
        switch rule.rule {
        case .learned: "full"
        case .count: "r=\(rule.budget.name)"
        case .error: "error=\(rule.goal.epsilon)"
        default: rule.rule.rawValue
        }
    }
}
