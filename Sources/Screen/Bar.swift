/// Bars and small plots out of block elements.
extension Buffer {
    /// Fills the upper row of `rect` from the left to `fraction` (0…1) of its width, to an eighth of a cell.
    ///
    /// The rest keeps its cells but takes the style's background, if that has one. A fraction above 0 shows at least a trace.
    public mutating func bar(_ fraction: Double, in rect: Rect, style: Style, glyphs: GlyphSet = .braille) {
        guard rect.height > 0, rect.width > 0, fraction > 0 else { return }
        let parts = glyphs.fromLeft
        let steps = max(1, Int((min(fraction, 1) * Double(rect.width * parts.count)).rounded()))
        let full = steps / parts.count
        for x in 0..<full { self[rect.x + x, rect.y] = Cell(glyphs.full, grounded(style, rect.x + x, rect.y)) }
        let rest = steps % parts.count
        if rest > 0 {
            self[rect.x + full, rect.y] = Cell(parts[rest - 1], grounded(style, rect.x + full, rect.y))
        }
    }

    /// Columns of values 0…1, one a cell from the left, that rise from the bottom of `rect`; nil leaves a gap.
    ///
    /// With more values than columns the last ones are shown.
    public mutating func sparkline(_ values: [Double?], in rect: Rect, style: Style, glyphs: GlyphSet = .braille) {
        let parts = glyphs.fromBelow
        for (x, value) in values.suffix(rect.width).enumerated() {
            guard let value, !value.isNaN else { continue }
            let steps = Int((min(max(value, 0), 1) * Double(rect.height * parts.count)).rounded())
            for row in 0..<rect.height {
                let here = min(steps - row * parts.count, parts.count)
                guard here > 0 || row == 0 else { break }
                let y = rect.bottom - 1 - row
                // The lowest step stays visible: an empty column would read as a gap.
                self[rect.x + x, y] = Cell(parts[max(here, 1) - 1], grounded(style, rect.x + x, y))
            }
        }
    }

    private func grounded(_ style: Style, _ x: Int, _ y: Int) -> Style {
        style.background.isDefault ? style.on(self[x, y].style.background) : style
    }
}
