import Attention
import HalfSpace

extension LlamaDecoder {
    /// Reads a prompt into an empty context, layer by layer on all cores, with dense attention: what the cache holds then is the
    /// model's own.
    /// - Returns: the logits of the next token; none for an empty prompt.
    /// - Throws: ``ContextFull``, `NonFiniteEntry`, or what `progress` throws (`CancellationError` to stop).
    public func prefill(
        _ prompt: [Int], threads: Int?, progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) throws -> [Float] {
        let states = try hiddenStates(of: prompt, rule: ThresholdSettings(rule: .learned), progress)
        guard states.count > 0 else { return [] }
        let result = Rows(count: 1, columns: model.configuration.vocabulary)
        model.logits(
            of: states[states.count - 1], into: result[0], LlamaBench(model.configuration, rows: 1),
            SoloProducts())
        return Array(result[0])
    }

    /// `−ln p` of every token from `first` on, given those before it, under the rule in use; reads them into an empty context.
    /// - Parameter first: at least 1: of the first token nothing is known.
    public func surprise(
        of text: [Int], from first: Int, progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) throws -> [Double] {
        let states = try hiddenStates(of: text, rule: rule, counts: true, progress)
        let positions = max(1, first)..<max(1, first, text.count)
        let (model, chunk) = (model, 8)
        let results = Surprises(count: positions.count)
        let chunks = stride(from: positions.lowerBound, to: positions.upperBound, by: chunk).map {
            $0..<min($0 + chunk, positions.upperBound)
        }
        let vocabulary = model.configuration.vocabulary
        try crew.run(
            chunks.count,
            scratch: {
                (LlamaBench(model.configuration, rows: chunk), Rows(count: chunk, columns: vocabulary))
            },
            task: { index, scratch in
                let rows = chunks[index]
                let logits = scratch.1.part(0..<rows.count)
                model.logits(
                    of: states.part(rows.lowerBound - 1..<rows.upperBound - 1), into: logits, scratch.0,
                    SoloProducts())
                for (i, position) in rows.enumerated() {
                    let row = Array(logits[i * vocabulary..<(i + 1) * vocabulary])
                    results.set(position - positions.lowerBound, Logits.surprise(of: text[position], row))
                }
            })
        return results.values
    }

    /// Numbers that threads write at places of their own.
    private final class Surprises: @unchecked Sendable {
        private let memory: UnsafeMutableBufferPointer<Double>
        init(count: Int) {
            memory = .allocate(capacity: count)
            memory.initialize(repeating: 0)
        }
        deinit { memory.deallocate() }
        func set(_ i: Int, _ x: Double) { memory[i] = x }
        var values: [Double] { Array(memory) }
    }

    /// The hidden state that the last layer leaves, for every token.
    private func hiddenStates(
        of prompt: [Int], rule: ThresholdSettings, counts: Bool = false,
        _ progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) throws -> Rows {
        guard tokens.isEmpty, prompt.count <= capacity else {
            throw ContextFull(capacity: capacity, unit: "tokens")
        }
        let run = LlamaPrefill(self, prompt, rule: rule, progress: progress)
        do {
            let states = try run.compute()
            keep(0, then: prompt)
            return states
        } catch {
            for head in keyHeads {
                head.truncate(to: 0, statistics: KeyStatistics(dimension: head.store.dimension))
            }
            throw error
        }
    }
}

/// One prompt on its way through the layers.
private final class LlamaPrefill: @unchecked Sendable {
    private let decoder: LlamaDecoder
    private let prompt: [Int]
    private let rule: ThresholdSettings
    private let progress: @Sendable (PromptProgress) throws -> Void
    private var done: PromptProgress
    private let states: Rows
    private let chunks: [Range<Int>]

    /// Positions that go through the products together.
    private static let chunk = 64
    /// Queries that are remembered of each head.
    private static let newest = 4

    init(
        _ decoder: LlamaDecoder, _ prompt: [Int], rule: ThresholdSettings,
        progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) {
        self.decoder = decoder
        self.prompt = prompt
        self.rule = rule
        self.progress = progress
        states = Rows(count: prompt.count, columns: decoder.model.configuration.width)
        chunks = stride(from: 0, to: prompt.count, by: Self.chunk).map {
            $0..<min($0 + Self.chunk, prompt.count)
        }
        done = PromptProgress(bytes: prompt.count, layers: decoder.model.layers.count)
    }

    func compute() throws -> Rows {
        for (position, token) in prompt.enumerated() {
            decoder.model.embed(token, into: states[position])
        }
        for l in decoder.model.layers.indices where !prompt.isEmpty {
            done.layer = l
            try tell(0)
            try pass(l)
        }
        done.layer = decoder.model.layers.count
        try tell(0)
        return states
    }

    private func tell(_ share: Double) throws {
        done.share = share
        try progress(done)
    }

    private func pass(_ l: Int) throws {
        let (model, states, chunks) = (decoder.model, states, chunks)
        let (c, layer) = (model.configuration, model.layers[l])
        let queries = Rows(count: prompt.count, columns: c.heads * c.dimension)
        let keys = Rows(count: prompt.count, columns: c.keyHeads * c.dimension)
        let values = Rows(count: prompt.count, columns: c.keyHeads * c.dimension)
        try decoder.crew.run(
            chunks.count, scratch: { LlamaBench(c, rows: Self.chunk) },
            task: { index, bench in
                let rows = chunks[index]
                layer.project(states.part(rows), positions: rows, model, bench, SoloProducts())
                for (target, source) in [
                    (queries, bench.queries), (keys, bench.keys), (values, bench.values),
                ] {
                    _ = target.part(rows).update(fromContentsOf: source.part(0..<rows.count))
                }
            })
        let attended = Rows(count: prompt.count, columns: c.heads * c.dimension)
        for group in 0..<c.keyHeads {
            let lead = l * c.heads + group * c.group
            try decoder.heads[lead].append(keys: column(keys, group), values: column(values, group))
            for h in group * c.group..<(group + 1) * c.group {
                let rows = column(queries, h)
                if decoder.recorded[l] != nil { decoder.recorded[l]? += rows }
                decoder.newestQueries[l * c.heads + h] = stride(
                    from: max(0, prompt.count - Self.newest) * c.dimension, to: rows.count, by: c.dimension
                ).map { Array(rows[$0..<$0 + c.dimension]) }
                try attend(l, h, rows, into: attended)
            }
        }
        try decoder.crew.run(
            chunks.count, scratch: { LlamaBench(c, rows: Self.chunk) },
            task: { index, bench in
                let rows = chunks[index]
                layer.finish(states.part(rows), attended: attended.part(rows), model, bench, SoloProducts())
            })
    }

    /// The rows of one head.
    private func column(_ rows: Rows, _ head: Int) -> [Float] {
        let d = decoder.model.configuration.dimension
        var result: [Float] = []
        result.reserveCapacity(rows.count * d)
        for position in 0..<rows.count { result += rows[position][head * d..<(head + 1) * d] }
        return result
    }

    private func attend(_ l: Int, _ h: Int, _ queries: [Float], into attended: Rows) throws {
        let c = decoder.model.configuration
        let result = try decoder.heads[l * c.heads + h].prefill(
            queries, activation: .softmax, threshold: rule,
            own: Array(repeating: -.infinity, count: prompt.count),
            // Never by a measurement: what a prompt leaves must not depend on the clock, to the last bit.
            method: rule.rule == .learned ? .dense : .codes, threads: decoder.crew.workers
        ) { [self] share in try tell((Double(h) + share) / Double(c.heads)) }
        for position in 0..<prompt.count {
            let target = attended[position]
            for t in 0..<c.dimension {
                target[h * c.dimension + t] = result.outputs[position * c.dimension + t]
            }
        }
        decoder.reportedInPrompt[l * c.heads + h] = result.reported
    }
}
