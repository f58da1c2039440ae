/// Pictures as the escape sequences that bring a terminal from one to the next.
public struct ANSIPainter: Sendable {
    private var last: Buffer?

    public init() {}

    /// What to write so that the terminal shows `buffer`; empty where it does already.
    public mutating func paint(_ buffer: Buffer) -> String {
        let isWhole = last?.width != buffer.width || last?.height != buffer.height
        guard isWhole || last != buffer else { return "" }
        var out = isWhole ? "\u{1B}[?25l\u{1B}[0m\u{1B}[2J" : ""
        var pen: Style?
        for y in 0..<buffer.height {
            var cursor: Int?
            for x in 0..<buffer.width {
                let cell = buffer[x, y]
                guard !cell.glyph.isContinuation else { continue }
                let isOld = !isWhole && last?[x, y] == cell && last?[x + 1, y].glyph == buffer[x + 1, y].glyph
                guard !isOld else { continue }
                if cursor != x { out += "\u{1B}[\(y + 1);\(x + 1)H" }
                if pen != cell.style { out += Self.select(cell.style) }
                pen = cell.style
                out += cell.glyph.text
                cursor = x + max(1, cell.glyph.width)
            }
        }
        last = buffer
        return out + "\u{1B}[0m"
    }

    /// The sequence that selects a style, whatever was selected before.
    static func select(_ style: Style) -> String {
        var codes = ["0"]
        let attributes: [(Style.Attributes, String)] = [(.bold, "1"), (.dim, "2"), (.underline, "4"), (.reverse, "7")]
        codes += attributes.filter { style.attributes.contains($0.0) }.map(\.1)
        if let ink = style.foreground.components { codes.append("38;2;\(ink.red);\(ink.green);\(ink.blue)") }
        if let ground = style.background.components {
            codes.append("48;2;\(ground.red);\(ground.green);\(ground.blue)")
        }
        return "\u{1B}[" + codes.joined(separator: ";") + "m"
    }
}
