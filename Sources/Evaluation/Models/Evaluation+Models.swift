import Attention
import Measurement
import Model

extension Evaluation {
    /// The name of the table that ``languageModels(_:text:pieces:progress:)`` makes.
    public static let modelTable = "T12"

    /// T12: nats a byte of language models against the rule that chooses what their global heads read, on held-out text: the
    /// experiment of arXiv 2410.10165, section 6, on models that run here.
    ///
    /// Every byte of a piece is predicted from those before it in the piece; the mean is over the last half. The rule holds in every
    /// global head and at every position. Softmax over the r largest is an approximation; ReLU² above another threshold is another
    /// model; entmax finds its own threshold, whatever the rule.
    /// - Parameters:
    ///   - pieces: pieces of text, each read for itself.
    /// - Throws: what reading or `progress` throws.
    public static func languageModels(
        _ models: [ByteModel], pieces: [[UInt8]], progress: @escaping @Sendable (String) throws -> Void = { _ in }
    ) throws -> ResultTable {
        let longest = pieces.map(\.count).max() ?? 0
        var table = ResultTable(
            name: modelTable, claim: "A few of the keys are enough for a language model.",
            parameters: [("pieces", String(pieces.count)), ("n", String(longest))],
            columns: ["model", "rule", "r", "n", "kept", "share", "nats", "more"])
        var nearlyFree: [String] = []
        var places: [(name: String, holds: Bool)] = []
        for model in models {
            var own: Double?
            for rule in rules(of: model.activation) {
                let name = rule.rule == .count ? "r = \(rule.budget.name)" : rule.rule.rawValue
                try progress("\(modelTable): \(model.name), \(name)")
                let found = try read(pieces, with: model, rule)
                own = own ?? found.nats
                let more = found.nats - (own ?? found.nats)
                table.add([
                    .text(model.name), .text(rule.rule.rawValue),
                    rule.rule == .count ? .text(rule.budget.name) : .none, .int(longest),
                    .number(found.kept, digits: 1), .number(found.share, digits: 4), .number(found.nats, digits: 4),
                    .number(more, digits: 4),
                ])
                if rule.rule == .count, rule.budget == .power(0.8) {
                    nearlyFree.append("\(model.name) \(TableCell.number(more, digits: 4).shown)")
                }
                if rule.rule == .count, rule.budget == .keys(few) {
                    places.append((model.name, more <= mostNats))
                }
            }
        }
        table.finding = "n^0.8 keys cost \(nearlyFree.joined(separator: ", ")) nats a byte."
        table.verdict = Verdict(places, "there \(few) keys cost at most \(mostNats) nats a byte")
        return table
    }

    /// "A few", and the loss that a reader would not notice.
    private static let few = 16
    private static let mostNats = 0.01

    /// The model's own rule first.
    private static func rules(of activation: Activation) -> [ThresholdSettings] {
        let own = ThresholdSettings(rule: .learned)
        if case .entmax = activation { return [own] }
        let budgets: [Budget] = [4, 16, 64, 256, 1024].map(Budget.keys) + [.power(0.8)]
        let others: [ThresholdRule] = [.calibrated, .tight, .paper]
        return [own] + budgets.map { ThresholdSettings(rule: .count, budget: $0) }
            + others.map { ThresholdSettings(rule: $0) }
    }

    /// Nats a byte and keys a row over the last halves of the pieces.
    private static func read(
        _ pieces: [[UInt8]], with model: ByteModel, _ rule: ThresholdSettings
    ) throws -> (nats: Double, kept: Double, share: Double) {
        var (nats, kept, share): ([Double], [Double], [Double]) = ([], [], [])
        for piece in pieces {
            let decoder = ByteDecoder(model, capacity: piece.count, rule: rule)
            let half = piece.count / 2
            nats += try decoder.surprise(of: piece, threads: nil) { _ in }.dropFirst(half)
            for counts in decoder.reportedInPrompt {
                for row in half..<piece.count {
                    let count = Double(counts?[row] ?? row + 1)
                    kept.append(count)
                    share.append(count / Double(row + 1))
                }
            }
        }
        return (Samples(nats).mean, Samples(kept).mean, Samples(share).mean)
    }
}
