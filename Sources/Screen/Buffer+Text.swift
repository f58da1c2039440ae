/// Where text stands in its line.
public enum Alignment: Sendable {
    case leading, centre, trailing
}

extension Buffer {
    /// Writes `text` from column x of row y, clipped to `clip` and to the buffer, and returns the column after it.
    ///
    /// Combining marks join the cell before them; a wide character whose half would be cut off becomes a blank.
    @discardableResult
    public mutating func put(_ text: some StringProtocol, x: Int, y: Int, style: Style, clip: Rect? = nil) -> Int {
        if isPlain, !text.utf8.allSatisfy({ $0 < 0x80 }) {
            return putAsIs(PlainCharacters.text(text), x: x, y: y, style: style, clip: clip)
        }
        return putAsIs(text, x: x, y: y, style: style, clip: clip)
    }

    private mutating func putAsIs(
        _ text: some StringProtocol, x: Int, y: Int, style: Style, clip: Rect?
    ) -> Int {
        let area = clip.map { $0.intersection(bounds) } ?? bounds
        var column = x
        guard y >= area.y, y < area.bottom else { return x + DisplayWidth.of(text) }
        for character in text {
            if character.isOneScalar {
                put(Glyph(character), at: &column, y: y, style: style, area: area)
            } else {
                for glyph in Glyph.glyphs(of: character) { put(glyph, at: &column, y: y, style: style, area: area) }
            }
        }
        return column
    }

    private mutating func put(_ glyph: Glyph, at column: inout Int, y: Int, style: Style, area: Rect) {
        let columns = glyph.width
        defer { column += columns }
        guard column + columns > area.x, column < area.right else { return }
        if columns == 1 {
            self[column, y] = Cell(glyph, style)
        } else if column >= area.x && column + 1 < area.right {
            self[column, y] = Cell(glyph, style)
            self[column + 1, y] = Cell(.continuation, style)
        } else {
            self[max(column, area.x), y] = Cell(.space, style)
        }
    }

    /// Writes one line of text in the row of `rect` with the given number, shortened with an ellipsis where it is too long.
    public mutating func put(
        _ text: some StringProtocol, in rect: Rect, row: Int = 0, align: Alignment = .leading, style: Style,
        ellipsis: Glyph = "…"
    ) {
        guard row >= 0, row < rect.height else { return }
        let shown =
            isPlain
            ? PlainCharacters.text(text).shortened(to: rect.width, ellipsis: ellipsis)
            : text.shortened(to: rect.width, ellipsis: ellipsis)
        let spare = rect.width - DisplayWidth.of(shown)
        let start =
            switch align {
            case .leading: rect.x
            case .centre: rect.x + spare / 2
            case .trailing: rect.x + spare
            }
        put(shown, x: start, y: rect.y + row, style: style, clip: rect)
    }
}

extension Buffer {
    /// Writes a text, broken between words, in the middle of `rect`.
    public mutating func put(centred text: String, in rect: Rect, style: Style) {
        let lines = text.wrapped(to: rect.width)
        let top = max(0, (rect.height - lines.count + 1) / 2)
        for (i, line) in lines.enumerated() { put(line, in: rect, row: top + i, align: .centre, style: style) }
    }

    /// Writes paragraphs one below the other, broken between words, with `gap` blank rows between; the first that does
    /// not fit whole ends it.
    public mutating func put(paragraphs: [String], in rect: Rect, gap: Int, style: Style) {
        var y = rect.y
        for lines in paragraphs.map({ $0.wrapped(to: rect.width) }) {
            guard y + lines.count <= rect.bottom else { return }
            for line in lines {
                put(line, x: rect.x, y: y, style: style, clip: rect)
                y += 1
            }
            y += gap
        }
    }
}

extension StringProtocol {
    /// The text cut to at most `columns`, with an ellipsis in the last column where something was cut.
    public func shortened(to columns: Int, ellipsis: Glyph = "…") -> String {
        guard DisplayWidth.of(self) > columns else { return String(self) }
        guard columns > 0 else { return "" }
        var kept = ""
        var used = 0
        for character in self {
            let width = DisplayWidth.of(character)
            if used + width > columns - 1 { break }
            kept.append(character)
            used += width
        }
        return kept + ellipsis.text
    }

    /// The text broken between words into lines of at most `columns`; longer words are cut.
    public func wrapped(to columns: Int) -> [String] {
        guard columns > 0 else { return [] }
        var lines: [String] = []
        for paragraph in split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in paragraph.split(separator: " ") {
                var word = String(word)
                if !line.isEmpty && DisplayWidth.of(line) + 1 + DisplayWidth.of(word) > columns {
                    lines.append(line)
                    line = ""
                }
                while DisplayWidth.of(word) > columns {
                    let head = word.fitting(columns)
                    lines.append(head)
                    word = String(word.dropFirst(Swift.max(1, head.count)))
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            lines.append(line)
        }
        return lines
    }

    /// The text broken into at most `rows` lines, of which the last has all that is left, however long.
    public func wrapped(to columns: Int, rows: Int) -> [String] {
        let lines = wrapped(to: columns)
        guard rows > 0, lines.count > rows else { return Array(lines.prefix(Swift.max(0, rows))) }
        return lines.prefix(rows - 1) + [lines.dropFirst(rows - 1).joined(separator: " ")]
    }

    /// The longest beginning of at most `columns`.
    private func fitting(_ columns: Int) -> String {
        var used = 0
        return String(
            prefix { character in
                used += DisplayWidth.of(character)
                return used <= columns
            })
    }
}

extension Character {
    fileprivate var isOneScalar: Bool { unicodeScalars.dropFirst().isEmpty }
}
