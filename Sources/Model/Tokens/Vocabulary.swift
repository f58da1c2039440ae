/// The tokens of a GGUF file: their texts, kinds and scores, and those with a meaning of their own.
struct Vocabulary: Sendable {
    /// By number; as the file has them.
    let texts: [[UInt8]]
    let kinds: [Kind]
    /// By number; empty where the file has none.
    let scores: [Float]
    /// The token that begins a text, and whether one is put there.
    let beginning: Int?
    let addsBeginning: Bool
    let unknown: Int?
    let addsSpace: Bool
    /// By text.
    let numbers: [[UInt8]: Int]
    /// Tokens that are recognised in a text before anything is merged: control tokens and the user's own, by their first byte,
    /// the longest first.
    let special: [UInt8: [Int]]

    enum Kind: Int, Sendable {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    static let mostTokens = 1 << 22

    /// - Throws: ``GGUFFault``.
    init(_ file: GGUFFile, count: Int, usuallyBegins: Bool) throws(GGUFFault) {
        let path = file.path
        guard case .strings(let texts)? = file.metadata["tokenizer.ggml.tokens"], !texts.isEmpty else {
            throw GGUFFault(path: path, .tokenizer("has no tokens (tokenizer.ggml.tokens); convert the model anew"))
        }
        guard texts.count <= count else {
            throw GGUFFault(
                path: path, .tokenizer("has \(texts.count) tokens, but embeddings of \(count); convert the model anew"))
        }
        self.texts = texts
        func list(_ key: String) throws(GGUFFault) -> GGUFNumbers? {
            guard let value = file.metadata["tokenizer.ggml.\(key)"] else { return nil }
            guard case .numbers(let numbers) = value, numbers.count == texts.count else {
                throw GGUFFault(
                    path: path, .wrongValue(key: "tokenizer.ggml.\(key)", "it must be a list of \(texts.count) numbers")
                )
            }
            return numbers
        }
        let types = try list("token_type")
        kinds = texts.indices.map { i in types?[i].whole.flatMap(Kind.init) ?? .normal }
        let scores = try list("scores")
        self.scores =
            scores.map { list in
                texts.indices.map { i in list[i].real.map { $0.isNaN ? -.infinity : Float($0) } ?? 0 }
            } ?? []
        func token(_ key: String) throws(GGUFFault) -> Int? {
            guard let value = file.metadata["tokenizer.ggml.\(key)"] else { return nil }
            guard let number = value.whole, texts.indices.contains(number) else {
                throw GGUFFault(
                    path: path,
                    .wrongValue(key: "tokenizer.ggml.\(key)", "there is no such token among \(texts.count)"))
            }
            return number
        }
        beginning = try token("bos_token_id")
        unknown = try token("unknown_token_id")
        _ = try token("eos_token_id")
        func truth(_ key: String, _ usual: Bool) -> Bool {
            if case .truth(let value)? = file.metadata["tokenizer.ggml.\(key)"] { value } else { usual }
        }
        addsBeginning = truth("add_bos_token", usuallyBegins) && beginning != nil
        addsSpace = truth("add_space_prefix", usuallyBegins)
        var numbers: [[UInt8]: Int] = [:]
        numbers.reserveCapacity(texts.count)
        for (number, text) in texts.enumerated() where numbers[text] == nil { numbers[text] = number }
        self.numbers = numbers
        var special: [UInt8: [Int]] = [:]
        for (number, text) in texts.enumerated() where kinds[number] == .control || kinds[number] == .userDefined {
            if let first = text.first { special[first, default: []].append(number) }
        }
        self.special = special.mapValues { $0.sorted { texts[$0].count > texts[$1].count } }
    }

    /// What a text falls into: special tokens, and what lies between them.
    enum Part {
        case token(Int)
        case text(ArraySlice<UInt8>)
    }

    func parts(of bytes: [UInt8]) -> [Part] {
        var parts: [Part] = []
        var start = 0
        var at = 0
        while at < bytes.count {
            guard let number = special[bytes[at]]?.first(where: { bytes[at...].starts(with: texts[$0]) }) else {
                at += 1
                continue
            }
            if start < at { parts.append(.text(bytes[start..<at])) }
            parts.append(.token(number))
            at += texts[number].count
            start = at
        }
        if start < bytes.count { parts.append(.text(bytes[start...])) }
        return parts
    }
}
