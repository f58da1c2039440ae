import Attention

/// Queries, keys and values of one layer over a prompt, after rotation, as attention takes them.
public struct RecordedLayer: Sendable {
    public let layer: Int
    /// [heads, n, d], [key heads, n, d] and [key heads, n, d], row-major.
    public let queries: [Float]
    public let keys: [Float]
    public let values: [Float]
    /// Heads of each, n, d.
    public let queryShape: [Int]
    public let keyShape: [Int]
}

extension LlamaDecoder {
    /// Reads a prompt into an empty context and hands over what the attention of some layers was asked, layer by layer.
    /// - Throws: as ``prefill(_:threads:progress:)``.
    public func record(
        _ prompt: [Int], layers: Set<Int>, progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) throws -> [RecordedLayer] {
        recorded = Dictionary(uniqueKeysWithValues: layers.map { ($0, []) })
        defer { recorded = [:] }
        _ = try prefill(prompt, threads: nil, progress: progress)
        let c = model.configuration
        return recorded.sorted { $0.key < $1.key }.map { layer, queries in
            let caches = (0..<c.keyHeads).map { heads[layer * c.heads + $0 * c.group].store }
            return RecordedLayer(
                layer: layer, queries: queries, keys: caches.flatMap { Array($0.keys) },
                values: caches.flatMap { Array($0.values) }, queryShape: [c.heads, prompt.count, c.dimension],
                keyShape: [c.keyHeads, prompt.count, c.dimension])
        }
    }
}
