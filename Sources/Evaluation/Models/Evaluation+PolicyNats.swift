import Attention
import HalfSpace
import Measurement
import Model
import Policies

extension Evaluation {
    /// T12's rows of policies: nats a token of a pretrained model whose every head reads as a policy says, at the same bytes.
    ///
    /// The first half of the text is read densely, as a prompt is; its queries are known to the policies. Each token of the second
    /// half is then read token by token, at a budget that is a part of the prompt's keys and values, for every head alike.
    /// - Parameters:
    ///   - tokens: the text.
    ///   - parts: a query's budget is one such part of the prompt's bytes; each policy has a line at each.
    ///   - each: handed each line as soon as it is known; the first is dense attention's.
    /// - Throws: what reading, an index or `progress` throws.
    public static func policyNats(
        _ model: LlamaModel, tokens: [Int], parts: [Int], kinds: [PolicyKind] = PolicyKind.allCases,
        progress: @escaping @Sendable (String) throws -> Void = { _ in }, each: (PretrainedResult) -> Void
    ) throws {
        // The last token of the first half predicts the first of the second: its step is judged already.
        let half = max(1, tokens.count / 2 - 1)
        let decoder = LlamaDecoder(model, capacity: max(1, tokens.count), rule: ThresholdSettings(rule: .learned))
        let layers = try decoder.record(Array(tokens.prefix(half)), layers: Set(model.headShape.layers)) {
            try progress("\(modelTable): reading, \(Int(100 * $0.fraction)) %")
        }
        let queries = layers.flatMap { layer in
            let (heads, n, d) = (layer.queryShape[0], layer.queryShape[1], layer.queryShape[2])
            return (0..<heads).map { head in
                (0..<n).map {
                    PromptQuery(Array(layer.queries[(head * n + $0) * d..<(head * n + $0 + 1) * d]), rows: $0 + 1)
                }
            }
        }
        let mark = decoder.mark()
        // The prompt was read densely; from here on heads are asked one by one, and readers answer.
        decoder.rule = ThresholdSettings(rule: .count)
        let lines: [(part: Int, kind: PolicyKind?)] =
            [(1, nil)] + parts.flatMap { part in kinds.map { (part, $0) } }
        for (part, kind) in lines {
            defer {
                for head in decoder.heads { head.reader = nil }
                decoder.rewind(to: mark)
            }
            let name = kind.map { "\($0.name) 1/\(part)" } ?? "full"
            try progress("\(modelTable): \(name)")
            var readers: [PolicyHead] = []
            if let kind {
                readers = try zip(decoder.heads, queries).map { head, queries in
                    let budget = PolicyBudget(rows: head.store.count / part, of: head.store)
                    return try PolicyHead(
                        kind, PolicyStart(store: head.store, queries: queries, budget: budget, seed: 1))
                }
                for (head, reader) in zip(decoder.heads, readers) { head.reader = reader }
            }
            each(try steps(decoder, tokens, from: half, name, readers, progress))
        }
    }

    private static func steps(
        _ decoder: LlamaDecoder, _ tokens: [Int], from half: Int, _ name: String, _ readers: [PolicyHead],
        _ progress: @Sendable (String) throws -> Void
    ) throws -> PretrainedResult {
        var (nats, kept, share): ([Double], [Double], [Double]) = ([], [], [])
        let watch = Stopwatch()
        for position in half..<max(half, tokens.count - 1) {
            if position % 8 == 0 { try progress("\(modelTable): \(name), token \(position) of \(tokens.count)") }
            let before = readers.reduce(0) { $0 + $1.rows }
            let step = try decoder.step(tokens[position], readers.isEmpty ? .dense : .reporting)
            if let fault = readers.lazy.compactMap(\.fault).first { throw fault }
            nats.append(Logits.surprise(of: tokens[position + 1], step.logits))
            let rows =
                readers.isEmpty
                ? Double(position + 1)
                : Double(readers.reduce(0) { $0 + $1.rows } - before) / Double(readers.count)
            kept.append(rows)
            share.append(rows / Double(position + 1))
        }
        return PretrainedResult(
            rule: name, n: tokens.count, nats: Samples(nats).mean, kept: Samples(kept).mean, share: Samples(share).mean,
            tokensPerSecond: Double(nats.count) / watch.seconds)
    }
}
