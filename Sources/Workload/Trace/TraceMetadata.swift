/// What a file says of its attention beside the numbers: metadata of a safetensors file, all of it optional.
struct TraceMetadata: Sendable {
    /// Whether query i sees the keys up to its own token alone.
    var isCausal: Bool?
    /// What ⟨q, k⟩ is multiplied by; 1/√d where nothing is said.
    var scale: Double?
    /// c of c·tanh(s/c), which some models put the scores through before softmax.
    var softcap: Double?
    /// A logit for each query head that takes part in softmax and has no key.
    var sinks: [Double]?
    var layout: TensorLayout?
    /// Of a causal trace, the token whose query is the first to be replayed.
    var from: Int?
    /// "applied", or what the file says of the rotary embedding.
    var rope: String?
    var model: String?
    /// The model's own numbers of the query heads, where the file holds some of them.
    var heads: [String]

    init(_ collection: TensorCollection) throws(TraceFault) {
        let (path, metadata) = (collection.path, collection.metadata)
        func refusal(_ key: String, _ value: String, _ expected: String) -> TraceFault {
            TraceFault(path: path, problem: .malformedMetadata(key: key, value: value, expected: expected))
        }
        func positive(_ key: String) throws(TraceFault) -> Double? {
            guard let text = metadata[key] else { return nil }
            guard let number = Double(text), number > 0, number.isFinite else {
                throw refusal(key, text, "a number above 0")
            }
            return number
        }
        scale = try positive("scale")
        softcap = try positive("softcap")
        if let text = metadata["causal"] {
            switch text.lowercased() {
            case "true": isCausal = true
            case "false": isCausal = false
            default: throw refusal("causal", text, "true or false")
            }
        }
        if let text = metadata["from"] {
            guard let from = Int(text), from >= 0 else { throw refusal("from", text, "a token's number, from 0") }
            self.from = from
        }
        if let text = metadata["layout"] {
            guard let layout = TensorLayout(rawValue: text.lowercased()) else {
                throw refusal("layout", text, "htd or thd, in the order of heads, tokens and entries")
            }
            self.layout = layout
        }
        if let text = metadata["sinks"] {
            let numbers = Self.list(text).map(Double.init)
            guard numbers.allSatisfy({ $0?.isFinite == true }) else {
                throw refusal("sinks", text, "a number for each query head, with commas between")
            }
            sinks = numbers.compactMap { $0 }
        }
        rope = metadata["rope"]
        model = metadata["model"]
        heads = Self.list(metadata["heads"] ?? "")
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
    }
}
