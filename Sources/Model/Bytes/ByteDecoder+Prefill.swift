import Attention
import Foundation
import HalfSpace

extension ByteDecoder {
    /// Reads a prompt into an empty context: layer by layer, every global head by Algorithm 2 of arXiv 2410.10165, on all cores;
    /// O(n) but for the global heads. Softmax is computed densely where it has
    /// no rule of another kind, so that the cache is the model's own.
    /// - Returns: the logits of the next token; none for an empty prompt.
    /// - Throws: ``ContextFull``, `NonFiniteEntry`, or what `progress` throws (`CancellationError` to stop).
    public func prefill(
        _ prompt: [Int], threads: Int?, progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) throws -> [Float] {
        let prompt = prompt.map { UInt8(truncatingIfNeeded: $0) }
        let last = try hiddenStates(of: prompt, rule: ThresholdSettings(rule: .learned), threads: threads, progress)
        guard last.count > 0 else { return [] }
        let bench = ByteBench(model, rows: 1)
        return model.logits(of: last[last.count - 1], bench)
    }

    /// `−ln p` of every byte but the first, given those before it, under the rule in use; reads them into an empty context.
    public func surprise(
        of text: [UInt8], threads: Int?, progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) throws -> [Double] {
        let states = try hiddenStates(of: text, rule: rule, counts: true, threads: threads, progress)
        let bench = ByteBench(model, rows: 1)
        return (0..<max(0, text.count - 1)).map { position in
            let logits = model.logits(of: states[position], bench)
            return Logits.surprise(of: Int(text[position + 1]), logits)
        }
    }

    /// The hidden state that the last layer leaves, for every byte.
    private func hiddenStates(
        of prompt: [UInt8], rule: ThresholdSettings, counts: Bool = false, threads: Int?,
        _ progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) throws -> Rows {
        precondition(bytes.isEmpty, "a prompt is read into an empty context")
        guard prompt.count <= capacity else { throw ContextFull(capacity: capacity) }
        let run = BytePrefill(self, prompt, rule: rule, counts: counts, threads: threads, progress: progress)
        let states = try run.compute()
        keep(0, then: prompt)
        return states
    }
}

/// One prompt on its way through the layers.
private final class BytePrefill: @unchecked Sendable {
    private let decoder: ByteDecoder
    private let prompt: [UInt8]
    private let rule: ThresholdSettings
    /// Whether rows are to be counted, which dense ones are not.
    private let counts: Bool
    private let crew: Crew
    private let progress: @Sendable (PromptProgress) throws -> Void
    private var done: PromptProgress
    /// Hidden states before and after a layer.
    private var states: (before: Rows, after: Rows)
    private let chunks: [Range<Int>]

    /// Positions that go through a layer together; a multiple of what kernels take at once.
    private static let chunk = 384

    init(
        _ decoder: ByteDecoder, _ prompt: [UInt8], rule: ThresholdSettings, counts: Bool, threads: Int?,
        progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) {
        self.decoder = decoder
        self.prompt = prompt
        self.rule = rule
        self.counts = counts
        self.progress = progress
        crew = Crew(threads: threads)
        let d = decoder.model.configuration.d
        states = (Rows(count: prompt.count, columns: d), Rows(count: prompt.count, columns: d))
        chunks = stride(from: 0, to: prompt.count, by: Self.chunk).map { $0..<min($0 + Self.chunk, prompt.count) }
        done = PromptProgress(bytes: prompt.count, layers: decoder.model.layers.count)
    }

    private var model: ByteModel { decoder.model }

    func compute() throws -> Rows {
        guard !prompt.isEmpty else { return states.before }
        let (model, prompt, states) = (model, prompt, states)
        try crew.run(
            chunks.count, scratch: {},
            task: { [chunks] index, _ in
                for position in chunks[index] {
                    let first = max(0, position + 1 - model.longestGram)
                    model.embed(prompt[first...position], into: states.before[position])
                }
            })
        var global = 0
        for (l, layer) in model.layers.enumerated() {
            done.layer = l
            try tell(0)
            if let window = decoder.windows[l] {
                try passLocal(layer, window)
            } else {
                try passGlobal(layer, global)
                global += 1
            }
        }
        done.layer = model.layers.count
        try tell(0)
        return self.states.before
    }

    private func tell(_ share: Double) throws {
        done.share = share
        try progress(done)
    }

    // MARK: Local layers

    /// The positions that a chunk needs from before it, and its own.
    private func reach(of chunk: Range<Int>) -> Range<Int> {
        max(0, chunk.lowerBound - model.configuration.window + 1)..<chunk.upperBound
    }

    private final class LocalScratch {
        let bench: ByteBench
        let window: LocalWindow
        init(_ model: ByteModel, _ layer: ByteLayer) {
            let window = model.configuration.window
            bench = ByteBench(model, rows: BytePrefill.chunk + window)
            self.window = LocalWindow(layer, window: window, span: BytePrefill.chunk + window)
        }
    }

    private func passLocal(_ layer: ByteLayer, _ kept: LocalWindow) throws {
        let (model, states, chunks) = (model, states, chunks)
        try crew.run(
            chunks.count, scratch: { LocalScratch(model, layer) },
            task: { [self] index, scratch in
                let chunk = chunks[index]
                let reach = reach(of: chunk)
                let projected = layer.projections(of: states.before.part(reach), scratch.bench)
                let attended = UnsafeMutableBufferPointer(
                    rebasing: scratch.bench.attended.part(0..<chunk.count)[..<(chunk.count * layer.width)])
                scratch.window.start(at: reach.lowerBound)
                for (row, position) in reach.enumerated() {
                    let rows = UnsafeMutableBufferPointer(
                        rebasing: projected[row * 3 * layer.width..<(row + 1) * 3 * layer.width])
                    guard position >= chunk.lowerBound else {
                        scratch.window.put(rows, position: position)
                        continue
                    }
                    let at = (position - chunk.lowerBound) * layer.width
                    scratch.window.attend(
                        rows, position: position,
                        into: UnsafeMutableBufferPointer(rebasing: attended[at..<at + layer.width]))
                }
                let hidden = states.after.part(chunk)
                _ = hidden.update(fromContentsOf: states.before.part(chunk))
                layer.finish(hidden, attended: attended, scratch.bench)
            }, done: { [self] in try tell(Double($0 + 1) / Double(chunks.count)) })
        keepWindow(layer, kept)
        self.states = (states.after, states.before)
    }

    /// What steps after the prompt look back at.
    private func keepWindow(_ layer: ByteLayer, _ kept: LocalWindow) {
        let tail = reach(of: prompt.count..<prompt.count)
        let bench = ByteBench(model, rows: max(1, tail.count))
        let projected = layer.projections(of: states.before.part(tail), bench)
        kept.start(at: tail.lowerBound)
        for (row, position) in tail.enumerated() {
            kept.put(
                UnsafeMutableBufferPointer(rebasing: projected[row * 3 * layer.width..<(row + 1) * 3 * layer.width]),
                position: position)
        }
    }

    // MARK: Global layers

    private func passGlobal(_ layer: ByteLayer, _ global: Int) throws {
        let projected = try project(layer)
        decoder.nextKeys[global] = Array(projected[prompt.count - 1][layer.width..<2 * layer.width])
        let attended = Rows(count: prompt.count, columns: layer.width)
        for h in 0..<layer.heads { try attend(layer, global, h, projected, into: attended) }
        let (model, states, chunks) = (model, states, chunks)
        try crew.run(
            chunks.count, scratch: { ByteBench(model, rows: BytePrefill.chunk) },
            task: { index, bench in
                layer.finish(states.before.part(chunks[index]), attended: attended.part(chunks[index]), bench)
            })
    }

    private func project(_ layer: ByteLayer) throws -> Rows {
        let (model, states, chunks) = (model, states, chunks)
        let projected = Rows(count: prompt.count, columns: 3 * layer.width)
        try crew.run(
            chunks.count, scratch: { ByteBench(model, rows: BytePrefill.chunk) },
            task: { index, bench in
                _ = projected.part(chunks[index]).update(
                    fromContentsOf: layer.projections(of: states.before.part(chunks[index]), bench))
            })
        return projected
    }

    private func attend(
        _ layer: ByteLayer, _ global: Int, _ h: Int, _ projected: Rows, into attended: Rows
    ) throws {
        let (width, d) = (layer.width, layer.dimension)
        let head = GlobalHead(model.activation, sigma: layer.sigma[h], dimension: d)
        var rows = HeadRows()
        let (queryStart, keyStart, valueStart) = (h * d, width + h * d, 2 * width + h * d)
        for position in 0..<prompt.count {
            let row = projected[position]
            rows.queries += head.query(row[queryStart..<queryStart + d], position: position)
            rows.values += Array(row[valueStart..<valueStart + d])
            let from = model.configuration.isShifted ? position - 1 : position
            if from >= 0 {
                let key = Array(projected[from][keyStart..<keyStart + d])
                rows.keys += GlobalHead.unit(key[...])
            } else {
                rows.keys += [Float](repeating: 0, count: d)
            }
            rows.thresholds.append(head.ownThreshold(position: position))
        }
        let cache = decoder.heads[global * layer.heads + h]
        try cache.append(keys: rows.keys, values: rows.values)
        let part = Double(layer.heads)
        let result = try cache.prefill(
            rows.queries, activation: model.activation, threshold: rule, own: rows.thresholds,
            method: method, threads: crew.workers
        ) { [self] share in try tell((Double(h) + share) / part) }
        for position in 0..<prompt.count {
            let target = attended[position]
            let scale =
                result.normalisers.map { GlobalHead.share($0[position], epsilon: model.configuration.eps) } ?? 1
            for t in 0..<d { target[h * d + t] = result.outputs[position * d + t] * scale }
        }
        decoder.reportedInPrompt[global * layer.heads + h] = result.reported
    }

    /// Never by a measurement: what a prompt leaves must not depend on the clock, to the last bit.
    private var method: PrefillMethod {
        if model.activation == .softmax { return rule.rule == .learned ? .dense : .codes }
        return prompt.count < Self.codedFrom && !counts ? .dense : .codes
    }

    /// Fewer rows are computed faster without codes.
    private static let codedFrom = 8192

    /// What a head is given of all positions, row-major.
    private struct HeadRows {
        var queries: [Float] = []
        var keys: [Float] = []
        var values: [Float] = []
        var thresholds: [Double] = []
    }
}
