import Screen

/// Bytes of a text laid out in lines of cells: broken between words, every cell with the positions of its bytes.
struct TextLines {
    struct Letter: Equatable {
        var glyph: Glyph
        /// Its bytes in the whole text, with those of the marks over it.
        var bytes: Range<Int>
        /// Cells that it takes: 1 or 2.
        var width: Int
    }

    private(set) var lines: [[Letter]] = [[]]
    private var column = 0
    /// Letters of the line under way since its last blank.
    private var word = 0
    private let width: Int

    /// The last bytes that may fill so many lines; what is no UTF-8 is shown as marks.
    init(_ bytes: [UInt8], width: Int, height: Int) {
        self.width = max(1, width)
        let first = max(0, bytes.count - 2 * self.width * max(1, height))
        for letter in Self.letters(of: bytes, first..<bytes.count) {
            add(letter, bytes[letter.bytes.lowerBound])
        }
        lines = Array(lines.suffix(max(1, height)))
    }

    /// The letters of a part of a text, each with the marks over it; the first is taken whole.
    static func letters(of text: [UInt8], _ part: Range<Int>) -> [Letter] {
        var letters: [Letter] = []
        var at = part.lowerBound
        while at > 0, at > part.lowerBound - 3, at < text.count, text[at] & 0xC0 == 0x80 { at -= 1 }
        while at < part.upperBound {
            let length = length(text, at)
            let place = at..<at + max(1, length)
            at = place.upperBound
            let shown = length > 0 ? String(decoding: text[place], as: UTF8.self) : "\u{FFFD}"
            guard let scalar = shown.unicodeScalars.first else { continue }
            if DisplayWidth.of(shown) == 0, let letter = letters.last {
                letters[letters.count - 1].glyph = letter.glyph.joined(by: scalar)
                letters[letters.count - 1].bytes = letter.bytes.lowerBound..<place.upperBound
                continue
            }
            let isControl = scalar.value < 0x20 || scalar.value == 0x7F
            letters.append(
                Letter(
                    glyph: isControl ? "·" : Glyph(scalar), bytes: place, width: max(1, DisplayWidth.of(shown))))
        }
        return letters
    }

    /// Bytes of the UTF-8 sequence at a place; 0 where there is none.
    private static func length(_ bytes: [UInt8], _ at: Int) -> Int {
        let first = bytes[at]
        let length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0
        guard length > 0, at + length <= bytes.count else { return 0 }
        return String(validating: bytes[at..<at + length], as: UTF8.self) == nil ? 0 : length
    }

    private mutating func add(_ letter: Letter, _ byte: UInt8) {
        if byte == UInt8(ascii: "\n") {
            lines.append([])
            (column, word) = (0, 0)
            return
        }
        if column + letter.width > width { breakLine(before: letter) }
        lines[lines.count - 1].append(letter)
        column += letter.width
        word = byte == UInt8(ascii: " ") ? 0 : word + 1
    }

    /// A word that does not fit goes to the next line, unless it fills one.
    private mutating func breakLine(before letter: Letter) {
        let last = lines.count - 1
        let moved = word < lines[last].count ? Array(lines[last].suffix(word)) : []
        lines[last].removeLast(moved.count)
        lines.append(moved)
        column = moved.reduce(0) { $0 + $1.width }
        word = moved.count
    }
}
