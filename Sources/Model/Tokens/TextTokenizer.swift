/// What tokenizers of GGUF files share: special tokens are recognised first, the rest is cut by each kind's own rule.
protocol TextTokenizer: Tokenizer {
    var vocabulary: Vocabulary { get }
    /// The tokens of a text without special ones.
    /// - Parameter isFirst: whether it begins the whole text.
    func tokens(ofPlain text: [UInt8], isFirst: Bool) -> [Int]
    /// What a token's text in the file stands for.
    func bytes(ofPlain text: [UInt8]) -> [UInt8]
}

extension TextTokenizer {
    public var count: Int { vocabulary.texts.count }

    public func tokens(of bytes: [UInt8]) -> [Int] {
        var tokens: [Int] = []
        for (i, part) in vocabulary.parts(of: bytes).enumerated() {
            switch part {
            case .token(let number): tokens.append(number)
            case .text(let text): tokens += self.tokens(ofPlain: Array(text), isFirst: i == 0)
            }
        }
        return tokens
    }

    public func bytes(of token: Int) -> [UInt8] {
        guard vocabulary.texts.indices.contains(token) else { return [] }
        let text = vocabulary.texts[token]
        switch vocabulary.kinds[token] {
        case .control, .userDefined: return text
        case .byte: return Self.byte(text).map { [$0] } ?? text
        default: return bytes(ofPlain: text)
        }
    }

    public var beginning: [Int] { vocabulary.addsBeginning ? vocabulary.beginning.map { [$0] } ?? [] : [] }

    /// The byte of "<0x0A>".
    private static func byte(_ text: [UInt8]) -> UInt8? {
        guard text.count == 6 else { return nil }
        return UInt8(String(decoding: text[3..<5], as: UTF8.self), radix: 16)
    }
}

/// The tokenizer of a GGUF file.
enum GGUFTokenizer {
    /// - Parameter count: the tokens that have an embedding.
    /// - Throws: ``GGUFFault``.
    static func read(_ file: GGUFFile, count: Int) throws(GGUFFault) -> any TextTokenizer {
        guard let kind = file.metadata["tokenizer.ggml.model"]?.text else {
            throw GGUFFault(
                path: file.path, .tokenizer("holds no tokenizer (tokenizer.ggml.model); convert the model with its own")
            )
        }
        switch kind {
        case "gpt2": return try BytePairTokenizer(file, count: count)
        case "llama": return try SentencePieceTokenizer(file, count: count)
        default:
            throw GGUFFault(path: file.path, .tokenizer("has a tokenizer of kind “\(kind)”; known are gpt2 and llama"))
        }
    }
}
