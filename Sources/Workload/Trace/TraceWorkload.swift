import HalfSpace

/// A real model's attention, from a file: one head of one layer.
///
/// Whether the queries come after the keys or among them is what the file's metadata says, or the options. Without
/// `causal` the queries come after: every query sees all keys, none is appended, and step i uses query i, wrapping. With
/// `causal` = "true" the trace is self-attention: a query sees the keys up to its own token. The first n keys are then the
/// prompt (those that the file says, or half of them, if n is not given), step i brings key n + i with its query, and the sequence ends with the file.
/// Of a causal file with fewer queries than keys the queries are those of its last tokens.
///
/// The file is read as it is needed; a change of it meanwhile is found out, and is an error of the step that needs it.
public struct TraceWorkload: RowSource {
    public let path: String
    public let dimension: Int
    public let valueDimension: Int
    public let promptLength: Int
    public let appendsKeys: Bool
    public let heads: Int
    public let caption: String?
    /// The numbers of the layers that the file has, ascending, and the one in use.
    public let layers: [Int]
    public let layer: Int
    /// The layers that can be read, with their heads.
    public let headLayers: [HeadLayer]
    /// The position in the query tensor.
    public let head: Int
    /// c of c·tanh(s/c), which softmax puts scores through; nil: none.
    public let softcap: Double?
    /// A logit that softmax has beside those of the keys; nil: none.
    public let sinkLogit: Double?

    /// Keys in the file.
    public var keyCount: Int { keys.tokens }
    /// Queries in the file.
    public var queryCount: Int { queries.tokens }
    /// Queries of these that are replayed.
    public var replayedQueries: Int { replayed.count }

    private let queries: HeadRows
    private let keys: HeadRows
    private let values: HeadRows
    private let words: TraceWords?
    /// The rows of the query tensor that are replayed.
    private let replayed: Range<Int>

    /// Opens a file and checks what will be used of it.
    ///
    /// - Parameters:
    ///   - layer: the number in the tensors' names; nil takes the lowest.
    ///   - head: the position in the query tensor, from 0.
    ///   - n: how many of the first keys to take; nil takes all.
    ///   - d: nil, or what the caller believes d to be.
    ///   - options: how the file is read where it does not say so itself.
    /// - Throws: ``WorkloadError``: for a file that cannot be read, one that holds something wrong (with tensor and
    ///   index), and a request that it cannot serve.
    public init(
        path: String, layer: Int? = nil, head: Int? = nil, n: Int? = nil, d: Int? = nil,
        options: TraceOptions = TraceOptions()
    ) throws(WorkloadError) {
        do {
            try self.init(
                TraceFile(path: path, options: options), layer: layer, head: head, n: n, d: d)
        } catch {
            throw WorkloadError(error, path: path)
        }
    }

    /// A head of a file that is open.
    init(_ file: TraceFile, layer: Int?, head: Int?, n: Int?, d: Int?) throws {
        let number = layer ?? file.layers[0]
        let tensors = try file.layer(number)
        let head = head ?? 0
        guard (0..<tensors.heads).contains(head) else {
            throw WorkloadError.noSuchHead(
                head, path: file.path, tensor: tensors.queries.tensor.name, heads: tensors.heads)
        }
        if let d, d != tensors.keys.width {
            throw WorkloadError.traceDimension(asked: d, path: file.path, dimension: tensors.keys.width)
        }
        let keyHead = head / tensors.queriesPerKeyHead
        queries = HeadRows(tensors.queries, head: head, factor: file.queryFactor(tensors))
        keys = HeadRows(tensors.keys, head: keyHead)
        values = HeadRows(tensors.values, head: keyHead)
        appendsKeys = try file.isCausal(tensors)
        (promptLength, replayed) = try Self.replay(file, tensors, isCausal: appendsKeys, n: n)
        words = try TraceWords(
            beside: file.path, keys: keys.tokens, queries: queries.tokens, isSelfAttention: appendsKeys)
        sinkLogit = try file.sink(tensors, head: head)
        softcap = file.softcap
        path = file.path
        layers = file.layers
        headLayers = file.layers.compactMap { number in
            (try? file.layer(number)).map { HeadLayer(number: number, heads: $0.heads) }
        }
        self.layer = number
        self.head = head
        heads = tensors.heads
        dimension = keys.width
        valueDimension = values.width
        caption = file.caption(tensors, head: head)
        // What the first step needs, and what comes with it, is read now: a NaN shows before the show.
        _ = try step(0, sequence: 0)
    }

    /// The keys of the prompt, and the queries that are replayed over them.
    private static func replay(
        _ file: TraceFile, _ layer: TraceLayer, isCausal: Bool, n: Int?
    ) throws(WorkloadError) -> (prompt: Int, queries: Range<Int>) {
        let options = file.options
        let (keys, tensor) = (layer.keys.tokens, layer.keys.tensor.name)
        func refuse(_ longest: Int, _ shortest: Int = 0) -> WorkloadError {
            .traceLength(asked: n ?? 0, path: file.path, tensor: tensor, shortest: shortest, longest: longest)
        }
        let before = isCausal ? layer.tokensBefore : 0
        let end = isCausal ? keys : layer.queries.tokens
        let to = options.to ?? end
        guard isCausal else {
            if let n, !(0...keys).contains(n) { throw refuse(keys) }
            let from = options.from ?? 0
            guard 0 <= from, from < to, to <= end else {
                throw .traceReplay(from: from, to: to, path: file.path, first: 0, end: end)
            }
            return (n ?? keys, from..<to)
        }
        // Queries that are among the keys begin where the prompt ends.
        if let n, let from = options.from, n != from { throw .replayBesidePrompt(from: from, n: n) }
        let from = options.from ?? n ?? file.metadata.from ?? (before > 0 ? before : to / 2)
        guard options.from != nil || n == nil || (before..<keys).contains(from) else { throw refuse(keys - 1, before) }
        guard before <= from, from < to, to <= end else {
            throw .traceReplay(from: from, to: to, path: file.path, first: before, end: end)
        }
        return (from, (from - before)..<(to - before))
    }

    public var stepsPerSequence: Int? { appendsKeys ? replayed.count : nil }

    /// The query of a step, and in self-attention the key and value of the same token; the same in every sequence.
    /// - Throws: ``WorkloadError`` where the file is no longer what was opened, or for a NaN or an infinity in what is read.
    public func step(_ step: Int, sequence: Int) throws(WorkloadError) -> DecodeInput {
        try Self.telling { () throws(TraceFault) in
            let place = step % replayed.count
            let query = try queries.row(replayed.lowerBound + place)
            guard appendsKeys else { return DecodeInput(query: query) }
            let token = promptLength + place
            return DecodeInput(query: query, key: try keys.row(token), value: try values.row(token))
        }
    }

    public func keyWord(_ position: Int) -> String? {
        guard let words, words.keys.indices.contains(position) else { return nil }
        return words.keys[position]
    }

    public func queryWord(_ step: Int) -> String? {
        guard let words, step >= 0 else { return nil }
        let place = step % replayed.count
        return appendsKeys ? words.keys[promptLength + place] : words.queries[replayed.lowerBound + place]
    }

    func fillKeys(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) throws {
        try Self.telling { () throws(TraceFault) in try keys.fill(rows, into: out) }
    }

    func fillValues(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) throws {
        try Self.telling { () throws(TraceFault) in try values.fill(rows, into: out) }
    }

    private static func telling<Result>(
        _ body: () throws(TraceFault) -> Result
    ) throws(WorkloadError) -> Result {
        do {
            return try body()
        } catch {
            throw .trace(error)
        }
    }
}
