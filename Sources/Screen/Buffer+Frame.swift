extension Buffer {
    /// Draws a thin frame along the edge of `rect`, with a title at the left and another at the right of its upper side.
    ///
    /// The cells inside stay as they are. The left title is served first; the right one is left out where both do not fit.
    public mutating func frame(
        _ rect: Rect, style: Style, title: String = "", titleStyle: Style? = nil, trailing: String = "",
        trailingStyle: Style? = nil, glyphs: GlyphSet = .braille
    ) {
        guard rect.width >= 2, rect.height >= 2 else { return }
        let (left, top, right, bottom) = (rect.x, rect.y, rect.right - 1, rect.bottom - 1)
        let line = glyphs.line
        for x in left + 1..<max(left + 1, right) {
            self[x, top] = Cell(line.horizontal, style)
            self[x, bottom] = Cell(line.horizontal, style)
        }
        for y in top + 1..<max(top + 1, bottom) {
            self[left, y] = Cell(line.vertical, style)
            self[right, y] = Cell(line.vertical, style)
        }
        self[left, top] = Cell(line.topLeft, style)
        self[right, top] = Cell(line.topRight, style)
        self[left, bottom] = Cell(line.bottomLeft, style)
        self[right, bottom] = Cell(line.bottomRight, style)

        // A title keeps one piece of the line and one blank on each side.
        let room = rect.width - 6
        var used = 0
        if !title.isEmpty && room > 0 {
            let shown = title.shortened(to: room, ellipsis: glyphs.ellipsis)
            put(" \(shown) ", x: left + 2, y: top, style: titleStyle ?? style, clip: rect)
            used = DisplayWidth.of(shown) + 3
        }
        let width = DisplayWidth.of(trailing)
        if width > 0 && used + width <= room {
            put(" \(trailing) ", x: right - 3 - width, y: top, style: trailingStyle ?? style, clip: rect)
        }
    }
}
