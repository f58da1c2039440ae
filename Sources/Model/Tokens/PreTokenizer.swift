/// How a text is cut into words before pairs of bytes are merged, which never reach over a cut.
enum PreTokenizer: Sendable {
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    case gpt2
    /// Every digit for itself, what lies between as `gpt2` does.
    case smollm
    /// `(?i:'s|…|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    case qwen2

    /// By the names that `tokenizer.ggml.pre` has; without one a file means `gpt2`.
    static let names: [String: PreTokenizer] = [
        "gpt2": .gpt2, "gpt-2": .gpt2, "default": .gpt2, "smollm": .smollm, "qwen2": .qwen2,
    ]

    /// A letter of a text: where its bytes begin, and of what kind it is. A byte that is no UTF-8 is one of the others.
    private struct Letter {
        var start: Int
        var kind: Kind
        var scalar: UInt32
    }

    private enum Kind {
        case letter, number, space, other
    }

    /// The words, one after the other, as ranges of the text.
    func words(of text: [UInt8]) -> [Range<Int>] {
        let letters = Self.letters(of: text)
        var words: [Range<Int>] = []
        var at = 0
        /// Ends of words that lie in letters[at..<end], which is cut for itself.
        func cut(to end: Int) {
            while at < end {
                let length = max(1, self == .qwen2 ? Self.qwen2(letters[at..<end]) : Self.gpt2(letters[at..<end]))
                let last = at + length
                words.append(letters[at].start..<(last < letters.count ? letters[last].start : text.count))
                at = last
            }
        }
        if self == .smollm {
            for (i, letter) in letters.enumerated() where letter.kind == .number {
                cut(to: i)
                cut(to: i + 1)
            }
        }
        cut(to: letters.count)
        return words
    }

    private static func letters(of text: [UInt8]) -> [Letter] {
        var letters: [Letter] = []
        letters.reserveCapacity(text.count)
        var at = 0
        while at < text.count {
            let (scalar, length) = scalar(text, at)
            letters.append(
                Letter(start: at, kind: scalar.map(kind) ?? .other, scalar: scalar?.value ?? UInt32(text[at])))
            at += length
        }
        return letters
    }

    /// The scalar whose UTF-8 begins at a byte, and its length; nil and 1 where none does.
    static func scalar(_ text: [UInt8], _ at: Int) -> (Unicode.Scalar?, Int) {
        let first = text[at]
        let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0
        guard length > 0, at + length <= text.count else { return (nil, 1) }
        if length == 1 { return (Unicode.Scalar(first), 1) }
        var value = UInt32(first) & (length == 2 ? 31 : length == 3 ? 15 : 7)
        for i in 1..<length {
            guard text[at + i] & 0xC0 == 0x80 else { return (nil, 1) }
            value = value << 6 | UInt32(text[at + i] & 63)
        }
        let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard value >= least, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
        return (scalar, length)
    }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        if scalar.value < 128 {
            switch UInt8(scalar.value) {
            case 65...90, 97...122: return .letter
            case 48...57: return .number
            case 9...13, 32: return .space
            default: return .other
            }
        }
        if scalar.properties.isWhitespace { return .space }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return .other
        }
    }

    // MARK: One word

    private static let endings = ["s", "t", "re", "ve", "m", "ll", "d"].map { $0.unicodeScalars.map(\.value) }

    /// The letters of an apostrophe and what may follow it, 0 where these do not begin so.
    private static func ending(_ text: ArraySlice<Letter>, ignoringCase: Bool) -> Int {
        guard let first = text.first, first.scalar == 39 else { return 0 }
        let rest = text.dropFirst().prefix(2).map { letter in
            ignoringCase && (65...90).contains(letter.scalar) ? letter.scalar + 32 : letter.scalar
        }
        return endings.first { rest.starts(with: $0) }.map { $0.count + 1 } ?? 0
    }

    private static func run(_ text: ArraySlice<Letter>, _ kinds: Kind...) -> Int {
        text.prefix { kinds.contains($0.kind) }.count
    }

    /// Spaces that nothing follows, or all but the last of those that something does.
    private static func spaces(_ text: ArraySlice<Letter>) -> Int {
        let count = run(text, .space)
        return count == text.count || count == 1 ? count : count - 1
    }

    private static func gpt2(_ text: ArraySlice<Letter>) -> Int {
        let apostrophe = ending(text, ignoringCase: false)
        if apostrophe > 0 { return apostrophe }
        let space = text.first?.scalar == 32 ? 1 : 0
        for kind in [Kind.letter, .number, .other] {
            let count = run(text.dropFirst(space), kind)
            if count > 0 { return space + count }
        }
        return spaces(text)
    }

    private static func isBreak(_ letter: Letter) -> Bool { letter.scalar == 10 || letter.scalar == 13 }

    private static func qwen2(_ text: ArraySlice<Letter>) -> Int {
        let apostrophe = ending(text, ignoringCase: true)
        if apostrophe > 0 { return apostrophe }
        guard let first = text.first else { return 0 }
        let before = first.kind == .letter || first.kind == .number || isBreak(first) ? 0 : 1
        let word = run(text.dropFirst(before), .letter)
        if word > 0 { return before + word }
        if first.kind == .number { return 1 }
        let space = first.scalar == 32 ? 1 : 0
        let signs = run(text.dropFirst(space), .other)
        if signs > 0 { return space + signs + text.dropFirst(space + signs).prefix(while: isBreak).count }
        let blank = text.prefix(run(text, .space))
        if let last = blank.lastIndex(where: isBreak) { return last - text.startIndex + 1 }
        return spaces(text)
    }
}
