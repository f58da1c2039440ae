/// SentencePiece with byte-pair encoding, as Llama's first vocabularies have it: spaces become “▁”, letters merge by the score of
/// what they make, and what is no token is written byte by byte.
struct SentencePieceTokenizer: TextTokenizer {
    let vocabulary: Vocabulary
    /// The token of every byte; nil for those that have none.
    private let byteTokens: [Int?]

    private static let space = Array("▁".utf8)

    /// - Throws: ``GGUFFault``.
    init(_ file: GGUFFile, count: Int) throws(GGUFFault) {
        vocabulary = try Vocabulary(file, count: count, usuallyBegins: true)
        guard !vocabulary.scores.isEmpty else {
            throw GGUFFault(
                path: file.path, .tokenizer("has no scores (tokenizer.ggml.scores); convert the model anew"))
        }
        let vocabulary = vocabulary
        byteTokens = (0..<256).map { vocabulary.numbers[Array(Self.name(UInt8($0)).utf8)] }
    }

    /// "<0x0A>".
    private static func name(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return "<0x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])>"
    }

    func tokens(ofPlain text: [UInt8], isFirst: Bool) -> [Int] {
        var written: [UInt8] = isFirst && vocabulary.addsSpace ? Self.space : []
        for byte in text { written += byte == 32 ? Self.space : [byte] }
        var pieces: [Range<Int>] = []
        var at = 0
        while at < written.count {
            let length = PreTokenizer.scalar(written, at).1
            pieces.append(at..<at + length)
            at += length
        }
        let scores = vocabulary.scores
        let merged = PairMerging.merge(written, pieces: pieces) { left, right in
            number(Array(left) + right).map { -Double(scores[$0]) }
        }
        var tokens: [Int] = []
        var isUnknown = false
        for range in merged {
            let known = number(Array(written[range])).map { [$0] } ?? written[range].compactMap { byteTokens[Int($0)] }
            // Letters side by side for which there is neither a token nor bytes are one unknown token.
            if known.isEmpty, !isUnknown, let unknown = vocabulary.unknown { tokens.append(unknown) }
            isUnknown = known.isEmpty
            tokens += known
        }
        return tokens
    }

    /// The token that a text merges to: what only stands for something else is no text.
    private func number(_ text: [UInt8]) -> Int? {
        vocabulary.numbers[text].flatMap { [.normal, .userDefined, .unused].contains(vocabulary.kinds[$0]) ? $0 : nil }
    }

    func bytes(ofPlain text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var at = 0
        while at < text.count {
            if text[at...].starts(with: Self.space) {
                bytes.append(32)
                at += Self.space.count
            } else {
                bytes.append(text[at])
                at += 1
            }
        }
        return bytes
    }
}
