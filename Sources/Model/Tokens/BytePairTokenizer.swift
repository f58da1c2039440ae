/// Byte-level byte-pair encoding: words are cut off, their bytes written as letters that can be seen, and merged by the list of
/// the file.
struct BytePairTokenizer: TextTokenizer {
    let vocabulary: Vocabulary
    private let words: PreTokenizer
    /// By both texts with a space between.
    private let ranks: [[UInt8]: Int]

    /// - Throws: ``GGUFFault``.
    init(_ file: GGUFFile, count: Int) throws(GGUFFault) {
        vocabulary = try Vocabulary(file, count: count, usuallyBegins: false)
        let name = file.metadata["tokenizer.ggml.pre"]?.text ?? "gpt2"
        guard let words = PreTokenizer.names[name] else {
            throw GGUFFault(
                path: file.path,
                .tokenizer(
                    "cuts words by “\(name)”; known are \(PreTokenizer.names.keys.sorted().joined(separator: ", "))"))
        }
        self.words = words
        guard case .strings(let merges)? = file.metadata["tokenizer.ggml.merges"] else {
            throw GGUFFault(
                path: file.path, .tokenizer("has no merges (tokenizer.ggml.merges); convert the model anew"))
        }
        var ranks: [[UInt8]: Int] = [:]
        ranks.reserveCapacity(merges.count)
        for (rank, merge) in merges.enumerated() where ranks[merge] == nil { ranks[merge] = rank }
        self.ranks = ranks
    }

    func tokens(ofPlain text: [UInt8], isFirst: Bool) -> [Int] {
        words.words(of: text).flatMap { word in tokens(ofWord: text[word]) }
    }

    private func tokens(ofWord word: ArraySlice<UInt8>) -> [Int] {
        var written: [UInt8] = []
        var pieces: [Range<Int>] = []
        for byte in word {
            let start = written.count
            written += ByteLetters.letters[Int(byte)]
            pieces.append(start..<written.count)
        }
        // Most words are one token.
        if let whole = vocabulary.numbers[written], merges(written, pieces) { return [whole] }
        return PairMerging.merge(written, pieces: pieces, rank: rank).flatMap { range -> [Int] in
            if let number = vocabulary.numbers[Array(written[range])] { return [number] }
            // Bytes that are no token are left out, as others do.
            return pieces.filter { range.contains($0.lowerBound) }.compactMap { vocabulary.numbers[Array(written[$0])] }
        }
    }

    /// Whether the pairs of a word that is a token lead there: a token may be there that no merge makes.
    private func merges(_ text: [UInt8], _ pieces: [Range<Int>]) -> Bool {
        PairMerging.merge(text, pieces: pieces, rank: rank).count == 1
    }

    private func rank(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Double? {
        ranks[Array(left) + [32] + right].map(Double.init)
    }

    func bytes(ofPlain text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var at = 0
        while at < text.count {
            let (scalar, length) = PreTokenizer.scalar(text, at)
            if let scalar, let byte = ByteLetters.bytes[scalar.value] {
                bytes.append(byte)
            } else {
                bytes += text[at..<at + length]
            }
            at += length
        }
        return bytes
    }
}

/// The letters that stand for bytes in byte-level vocabularies: a byte that can be seen is itself, the others follow from 256 on.
enum ByteLetters {
    private static let scalars: [UInt32] = {
        var next: UInt32 = 256
        return (0..<256).map { byte in
            switch byte {
            case 33...126, 161...172, 174...255: return UInt32(byte)
            default:
                defer { next += 1 }
                return next
            }
        }
    }()

    /// Of every byte, in UTF-8.
    static let letters: [[UInt8]] = scalars.map { value in
        Unicode.Scalar(value).map { Array(String(Character($0)).utf8) } ?? []
    }

    static let bytes: [UInt32: UInt8] = Dictionary(
        uniqueKeysWithValues: scalars.enumerated().map { ($0.element, UInt8($0.offset)) })
}
