import HalfSpace

/// What a trace holds: its layers, and each head's keys, values and queries. Opening reads none of the numbers.
public struct TraceContents: Sendable {
    /// One layer's shapes.
    public struct Layer: Sendable, Equatable {
        /// The number in the tensors' names.
        public var number: Int
        /// Query heads, and the heads of keys and values that they share.
        public var heads: Int
        public var keyHeads: Int
        /// Tokens of each.
        public var queries: Int
        public var keys: Int
        /// d and dv.
        public var dimension: Int
        public var valueDimension: Int
        /// How the keys are stored: "F16".
        public var type: String
        /// Whether a query sees the keys up to its own token alone.
        public var isCausal: Bool
        /// What ⟨q, k⟩ is multiplied by.
        public var scale: Double
    }

    public let path: String
    /// "safetensors", "npz", …
    public let format: String
    /// What the file says of itself; nil where it does not.
    public let model: String?
    public let rope: String?
    public let softcap: Double?
    public let layers: [Layer]
    private let file: TraceFile

    /// - Throws: ``WorkloadError`` for what is wrong with the file, or with the options.
    public init(path: String, options: TraceOptions = TraceOptions()) throws(WorkloadError) {
        do {
            let file = try TraceFile(path: path, options: options)
            self.file = file
            self.path = path
            (format, model, rope) = (file.format, file.metadata.model, file.metadata.rope)
            softcap = file.softcap
            layers = try file.layers.map { number in
                let layer = try file.layer(number)
                return Layer(
                    number: number, heads: layer.heads, keyHeads: layer.keys.heads, queries: layer.queries.tokens,
                    keys: layer.keys.tokens, dimension: layer.keys.width, valueDimension: layer.values.width,
                    type: layer.keys.tensor.type, isCausal: try file.isCausal(layer), scale: file.scale(layer))
            }
        } catch {
            throw WorkloadError(error, path: path)
        }
    }

    /// Reads a head.
    /// - Parameters:
    ///   - layer: the number in the tensors' names.
    ///   - head: the position in the query tensor.
    ///   - limit: the most queries that are wanted: so many, evenly spread. Of a causal trace they are those of its
    ///     later half, which see many keys.
    ///   - progress: is told how far reading is, from 0 to 1; what it throws ends it.
    public func head(
        layer: Int, head: Int, queries limit: Int, progress: (Double) throws -> Void = { _ in }
    ) throws -> TraceHead {
        do {
            let workload = try TraceWorkload(file, layer: layer, head: head, n: nil, d: nil)
            return try TraceHead(workload, queries: limit, progress: progress)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw WorkloadError(error, path: path)
        }
    }
}

/// One head of a trace in memory.
public struct TraceHead: Sendable {
    public let caption: String
    /// Every key and value that some query sees.
    public let store: KeyValueStore
    public let queries: [[Float]]
    /// How many of the first keys each query sees.
    public let seen: [Int]
    /// c of c·tanh(s/c), and the logit beside those of the keys; nil: none.
    public let softcap: Double?
    public let sinkLogit: Double?

    init(_ workload: TraceWorkload, queries limit: Int, progress: (Double) throws -> Void) throws {
        let steps = workload.appendsKeys ? workload.stepsPerSequence ?? 0 : workload.replayedQueries
        let rows = workload.promptLength + (workload.appendsKeys ? steps : 0)
        store = KeyValueStore(
            dimension: workload.dimension, valueDimension: workload.valueDimension, capacity: rows)
        try workload.fillPrompt(of: store, progress: { _ in })
        try progress(0.8)
        let wanted = max(1, min(limit, steps))
        let chosen = (0..<wanted).map { ($0 + 1) * steps / wanted - 1 }
        var (queries, seen) = ([[Float]](), [Int]())
        var next = 0
        for step in 0..<steps {
            if workload.appendsKeys {
                let input = try workload.step(step, sequence: 0)
                try store.append(keys: input.key ?? [], values: input.value ?? [])
            } else if step != chosen[next] {
                continue
            }
            if step == chosen[next] {
                queries.append(try workload.step(step, sequence: 0).query)
                seen.append(store.count)
                next += 1
                if next == chosen.count { break }
            }
            if step % 1024 == 0 { try progress(0.8 + 0.2 * Double(step) / Double(steps)) }
        }
        (self.queries, self.seen) = (queries, seen)
        caption = workload.caption ?? ""
        softcap = workload.softcap
        sinkLogit = workload.sinkLogit
    }
}
