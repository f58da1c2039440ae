extension ANSIPainter {
    /// A row of a picture as text to print in a line: colours and glyphs, no movement of the cursor.
    public static func line(_ buffer: Buffer, row: Int = 0) -> String {
        var out = ""
        var pen: Style?
        for cell in buffer.row(row) where !cell.glyph.isContinuation {
            if pen != cell.style { out += select(cell.style) }
            pen = cell.style
            out += cell.glyph.text
        }
        return out + "\u{1B}[0m"
    }
}
