/// The shape of a model of the Llama family, as its GGUF metadata gives it.
struct LlamaConfiguration: Sendable, Equatable {
    /// The architectures that are computed here, as `general.architecture` names them.
    static let architectures = ["llama", "qwen2"]

    let architecture: String
    let layers: Int
    /// Positions that the model was trained for.
    let context: Int
    /// Length of a row of hidden state, and of the inner rows of the feed-forward part.
    let width: Int
    let inner: Int
    /// Query heads, and heads of keys and values, each of which serves as many query heads as another.
    let heads: Int
    let keyHeads: Int
    /// d, and dv.
    let dimension: Int
    let rotary: Rotary
    let epsilon: Float
    let vocabulary: Int

    /// How positions turn queries and keys.
    struct Rotary: Sendable, Equatable {
        /// Entries that are turned: the first so many.
        var count: Int
        var base: Double
        /// What positions are divided by.
        var factor: Double
        /// Whether entry i is turned with entry i + count/2; otherwise neighbours are pairs.
        var isSplit: Bool
    }

    /// Query heads that share keys and values.
    var group: Int { heads / keyHeads }

    /// Reads and checks the metadata.
    /// - Throws: ``GGUFFault``.
    init(_ file: GGUFFile) throws(GGUFFault) {
        let path = file.path
        guard let name = file.metadata["general.architecture"]?.text else {
            throw GGUFFault(path: path, .missing(key: "general.architecture"))
        }
        guard Self.architectures.contains(name) else { throw GGUFFault(path: path, .architecture(name)) }
        architecture = name
        func number(_ key: String, _ range: ClosedRange<Int>, or usual: Int? = nil) throws(GGUFFault) -> Int {
            let key = "\(name).\(key)"
            guard let value = file.metadata[key] else {
                guard let usual else { throw GGUFFault(path: path, .missing(key: key)) }
                return usual
            }
            guard let x = value.whole, range.contains(x) else {
                throw GGUFFault(
                    path: path,
                    .wrongValue(key: key, "it must be a whole number from \(range.lowerBound) to \(range.upperBound)"))
            }
            return x
        }
        layers = try number("block_count", 1...1024)
        context = try number("context_length", 1...1 << 24)
        width = try number("embedding_length", 1...1 << 16)
        inner = try number("feed_forward_length", 1...1 << 18)
        heads = try number("attention.head_count", 1...1024)
        keyHeads = try number("attention.head_count_kv", 1...1024, or: heads)
        guard heads % keyHeads == 0 else {
            throw GGUFFault(
                path: path,
                .wrongValue(key: "\(name).attention.head_count", "\(heads) heads cannot share \(keyHeads) evenly"))
        }
        dimension = try number("attention.key_length", 1...1024, or: max(1, width / heads))
        let valueDimension = try number("attention.value_length", 1...1024, or: dimension)
        guard valueDimension == dimension else {
            throw GGUFFault(path: path, .notSupported("values of another length than keys"))
        }
        let epsilon = file.metadata["\(name).attention.layer_norm_rms_epsilon"]?.real ?? 1e-5
        guard epsilon >= 0, epsilon < 1 else {
            throw GGUFFault(
                path: path, .wrongValue(key: "\(name).attention.layer_norm_rms_epsilon", "it is \(epsilon)"))
        }
        self.epsilon = Float(epsilon)
        vocabulary = file.shape(of: "token_embd.weight")?.first ?? 0
        guard (1...1 << 22).contains(vocabulary) else {
            throw GGUFFault(path: path, .missingTensor("token_embd.weight"))
        }
        rotary = Rotary(
            count: try number("rope.dimension_count", 1...dimension, or: dimension),
            base: file.metadata["\(name).rope.freq_base"]?.real ?? 10_000,
            factor: try Self.scaling(file, name), isSplit: name == "qwen2")
        guard rotary.base.isFinite, rotary.base > 1, rotary.count % 2 == 0 else {
            throw GGUFFault(path: path, .wrongValue(key: "\(name).rope.freq_base", "it is \(rotary.base)"))
        }
        try Self.refuseOthers(file, name, context: context)
    }

    /// What positions are divided by.
    private static func scaling(_ file: GGUFFile, _ name: String) throws(GGUFFault) -> Double {
        let type = file.metadata["\(name).rope.scaling.type"]?.text ?? "none"
        guard type != "none" else { return 1 }
        guard type == "linear" else {
            throw GGUFFault(path: file.path, .notSupported("rotary positions scaled by “\(type)”"))
        }
        let factor = file.metadata["\(name).rope.scaling.factor"]?.real ?? 1
        guard factor >= 1, factor.isFinite else {
            throw GGUFFault(path: file.path, .wrongValue(key: "\(name).rope.scaling.factor", "it is \(factor)"))
        }
        return factor
    }

    private static func refuseOthers(_ file: GGUFFile, _ name: String, context: Int) throws(GGUFFault) {
        if let experts = file.metadata["\(name).expert_count"]?.whole, experts > 0 {
            throw GGUFFault(path: file.path, .notSupported("a choice among \(experts) experts"))
        }
        if let window = file.metadata["\(name).attention.sliding_window"]?.whole, window > 0, window < context {
            throw GGUFFault(path: file.path, .notSupported("attention to a window of \(window) tokens"))
        }
    }
}
