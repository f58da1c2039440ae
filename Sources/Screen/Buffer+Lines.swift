extension Buffer {
    /// A buffer from a picture: one text a row, as wide as the longest.
    public init(lines: [String], style: Style = .plain) {
        self.init(
            width: lines.map { DisplayWidth.of($0) }.max() ?? 0, height: lines.count, fill: Cell(.space, style))
        for (y, line) in lines.enumerated() {
            put(line, x: 0, y: y, style: style)
        }
    }

    /// The glyphs row by row, without styles and without the blanks at the end of a row.
    public var plainLines: [String] {
        (0..<height).map { y in
            var line = String.UnicodeScalarView()
            for cell in row(y) { line.append(contentsOf: cell.glyph.scalars) }
            while line.last == " " { line.removeLast() }
            return String(line)
        }
    }

    /// The picture as one text, for reading and for messages of failed tests.
    public var plainText: String { plainLines.joined(separator: "\n") }
}

extension Buffer: CustomStringConvertible {
    public var description: String { plainText }
}
