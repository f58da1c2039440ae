import Attention
import HalfSpace
import Model
import Policies
import Workload

/// Heads of a language model that reads a text, as policies are compared on.
public enum ModelEpisodes {
    /// Every head of a first, a middle and a last layer of a pretrained model, with every query of the prompt.
    /// - Parameters:
    ///   - tokens: the prompt, and as many more as there are steps.
    /// - Throws: what reading or `progress` throws.
    public static func make(
        _ model: LlamaModel, tokens: [Int], steps: Int, progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) throws -> [PolicyEpisode] {
        let all = model.headShape.layers
        let layers = Set([all.first, all.dropFirst(all.count / 2).first, all.last].compactMap { $0 })
        let decoder = LlamaDecoder(model, capacity: tokens.count, rule: ThresholdSettings(rule: .learned))
        var episodes: [PolicyEpisode] = []
        for layer in try decoder.record(tokens, layers: layers, progress: progress) {
            let (heads, n, d) = (layer.queryShape[0], layer.queryShape[1], layer.queryShape[2])
            let group = heads / max(1, layer.keyShape[0])
            for head in 0..<heads {
                func row(_ rows: [Float], _ head: Int, _ i: Int) -> [Float] {
                    Array(rows[(head * n + i) * d..<(head * n + i + 1) * d])
                }
                let rows = (0..<n).map { i in
                    DecodeInput(
                        query: row(layer.queries, head, i), key: row(layer.keys, head / group, i),
                        value: row(layer.values, head / group, i))
                }
                episodes.append(try episode("layer \(layer.layer), head \(head)", rows, steps: steps))
            }
        }
        return episodes
    }

    /// The global heads of a byte model, with the queries of the prompt's last bytes.
    /// - Throws: what reading or `progress` throws.
    public static func make(
        _ model: ByteModel, tokens: [Int], steps: Int, progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) throws -> [PolicyEpisode] {
        let decoder = ByteDecoder(model, capacity: tokens.count)
        let stepped = min(tokens.count, steps + PolicyEpisode.watched)
        let read = tokens.count - stepped
        if read > 0 { _ = try decoder.prefill(Array(tokens.prefix(read)), threads: nil, progress: progress) }
        try decoder.buildIndexes()
        let queries = try tokens.suffix(stepped).map { try decoder.step($0, .reporting).queries }
        return try decoder.heads.enumerated().map { head, cache in
            let rows = (0..<cache.store.count).map { i in
                DecodeInput(
                    query: i < read ? [] : queries[i - read][head], key: Array(cache.store.key(i)),
                    value: Array(cache.store.value(i)))
            }
            return try episode(model.headShape.name(head), rows, steps: steps)
        }
    }

    /// The last rows are steps, those before them the prompt; a row without a query is one of which it is not known.
    private static func episode(_ label: String, _ rows: [DecodeInput], steps: Int) throws -> PolicyEpisode {
        let prompt = max(0, rows.count - steps)
        let store = KeyValueStore(
            dimension: rows.first?.key?.count ?? 1, valueDimension: rows.first?.value?.count ?? 1,
            capacity: max(1, rows.count))
        for row in rows.prefix(prompt) { try store.append(keys: row.key ?? [], values: row.value ?? []) }
        let asked = rows.prefix(prompt).enumerated().compactMap { i, row in
            row.query.isEmpty ? nil : PromptQuery(row.query, rows: i + 1)
        }
        return PolicyEpisode(label: label, store: store, asked: asked, steps: Array(rows.dropFirst(prompt)))
    }
}
