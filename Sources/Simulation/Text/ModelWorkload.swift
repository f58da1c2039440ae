import Attention
import Foundation
import HalfSpace
import Model
import Workload

/// A language model as a workload: queries, keys and values are those of one of its heads while it writes.
///
/// Every head of it is decoded through its own index, and densely beside it; the session watches the chosen one. Steps come in
/// order: a session that starts over rewinds the writer. One thread uses it at a time.
final class ModelWorkload: Workload, @unchecked Sendable {
    let model: any LanguageModel
    let writer: ModelWriter
    let head: Int
    /// Tokens that the context grows to.
    private let capacity: Int

    init(_ settings: Settings) throws(SettingsError) {
        model = try settings.model.model(of: settings.activation)
        let prompt = try settings.model.prompt(of: model, n: settings.n)
        capacity = try MemoryBudget.capacity(model, prompt: prompt.count, generate: settings.model.generate)
        writer = ModelWriter(
            model, prompt: prompt, capacity: capacity, settings: settings.model, seed: settings.seed,
            format: settings.store)
        // Indexes are built for what the rule asks for.
        if !model.hasOwnThreshold { writer.decoder.rule = settings.threshold }
        head = settings.head ?? 0
        guard (0..<model.headShape.count).contains(head) else {
            throw SettingsError(
                .usage, "\(model.path) has no head \(head); its heads are 0 to \(model.headShape.count - 1)")
        }
    }

    /// The same text under way, seen by another head.
    init(_ other: ModelWorkload, head: Int) {
        (model, writer, capacity, self.head) = (other.model, other.writer, other.capacity, head)
    }

    var dimension: Int { model.headShape.dimension }
    var valueDimension: Int { model.headShape.valueDimension }
    var promptLength: Int { writer.cached }
    var appendsKeys: Bool { true }
    var mostRows: Int? { capacity }
    var stepsPerSequence: Int? { writer.settings.generate }
    var heads: Int { model.headShape.count }
    var headLayers: [HeadLayer] {
        model.headShape.layers.map { HeadLayer(number: $0, heads: model.headShape.headsPerLayer) }
    }
    var caption: String? {
        let size = String(format: "%.1f", Double(model.parameters) / 1e6)
        return "\(model.name), \(size) million parameters: \(model.headShape.name(head))"
    }

    /// What it does before it writes, and in how much memory.
    var stage: String {
        let megabytes = model.memory(context: writer.promptCount) / 1_000_000
        return "reading \(writer.promptCount) \(model.unit)s, in \(megabytes) MB"
    }

    /// Where the text went on when the tokens that were read last stood in it before: the row that an answer is copied from.
    var needle: Int? { writer.continuation }

    func fillPrompt(of store: KeyValueStore, progress: BuildProgress) throws {
        try withoutActuallyEscaping(progress) { try writer.begin(progress: $0) }
        let cache = writer.decoder.heads[head].store
        let slice = 8192
        for start in stride(from: 0, to: cache.count, by: slice) {
            let end = min(start + slice, cache.count)
            try store.append(
                keys: Array(cache.keys[start * dimension..<end * dimension]),
                values: Array(cache.values[start * valueDimension..<end * valueDimension]))
        }
    }

    func step(_ step: Int, sequence: Int) throws -> DecodeInput {
        let decoded = try writer.write()
        let cache = writer.decoder.heads[head].store
        let last = cache.count - 1
        return DecodeInput(
            query: decoded.queries[head], key: Array(cache.key(last)), value: Array(cache.value(last)),
            threshold: decoded.thresholds.indices.contains(head) ? decoded.thresholds[head] : nil)
    }
}
