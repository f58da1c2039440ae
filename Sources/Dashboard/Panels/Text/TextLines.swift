import Screen

/// Bytes of a text laid out in lines of cells: broken between words, every cell with the position of its byte.
struct TextLines {
    struct Letter: Equatable {
        var glyph: Glyph
        /// Of its first byte in the whole text.
        var position: Int
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
        var at = first
        while at < bytes.count {
            let length = Self.length(bytes, at)
            add(bytes, at, length)
            at += max(1, length)
        }
        lines = Array(lines.suffix(max(1, height)))
    }

    /// Bytes of the UTF-8 sequence at a place; 0 where there is none.
    private static func length(_ bytes: [UInt8], _ at: Int) -> Int {
        let first = bytes[at]
        let length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0
        guard length > 0, at + length <= bytes.count else { return 0 }
        return String(validating: bytes[at..<at + length], as: UTF8.self) == nil ? 0 : length
    }

    private mutating func add(_ bytes: [UInt8], _ at: Int, _ length: Int) {
        if bytes[at] == UInt8(ascii: "\n") {
            lines.append([])
            (column, word) = (0, 0)
            return
        }
        let text = length > 0 ? String(decoding: bytes[at..<at + length], as: UTF8.self) : "\u{FFFD}"
        guard let scalar = text.unicodeScalars.first else { return }
        let isControl = scalar.value < 0x20 || scalar.value == 0x7F
        let letter = Letter(
            glyph: isControl ? "·" : Glyph(scalar), position: at, width: max(1, DisplayWidth.of(text)))
        if column + letter.width > width { breakLine(before: letter) }
        lines[lines.count - 1].append(letter)
        column += letter.width
        word = bytes[at] == UInt8(ascii: " ") ? 0 : word + 1
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
