/// Figures that the back row can read, out of half blocks.
public struct BigText: Sendable {
    /// The shape of a character: rows from the top, `#` where it is inked.
    public enum Face: Sendable, CaseIterable {
        /// 3×5 pixels.
        case coarse
        /// 5×7 pixels.
        case fine
    }

    public let text: String
    public let face: Face
    /// Pixels to a dot: at 1 a pixel is half a cell tall (a whole one in ASCII), at 2 two columns by one row, and so on.
    public let scale: Int

    public init(_ text: String, face: Face = .fine, scale: Int = 1) {
        self.text = text
        self.face = face
        self.scale = max(1, scale)
    }

    /// The largest that fits into a size; nil where even the smallest does not.
    public static func fitting(_ text: String, width: Int, height: Int, glyphs: GlyphLevel = .braille) -> BigText? {
        Face.allCases.flatMap { face in (1...12).map { BigText(text, face: face, scale: $0) } }
            .filter { $0.width <= width && $0.height(glyphs) <= height }
            .max { ($0.height(glyphs), $0.width) < ($1.height(glyphs), $1.width) }
    }

    /// In cells.
    public var width: Int {
        let shapes = text.map { face.shape($0) }
        return max(0, shapes.reduce(0) { $0 + ($1.first?.count ?? 0) + 1 } - 1) * scale
    }

    /// In cells: two pixels to a row, but in ASCII one pixel to a row at scale 1.
    public func height(_ glyphs: GlyphLevel = .braille) -> Int {
        glyphs == .ascii && scale == 1 ? face.height : (face.height * scale + 1) / 2
    }

    /// Draws with the upper left corner at (x, y), on the background that is there.
    public func draw(into buffer: inout Buffer, x: Int, y: Int, style: Style, glyphs: GlyphSet = .braille) {
        var column = x
        for character in text {
            let shape = face.shape(character)
            for (row, line) in picture(shape, glyphs).enumerated() {
                for (offset, glyph) in line.enumerated() where glyph != .space {
                    let ground = buffer[column + offset, y + row].style.background
                    let inked = style.background.isDefault ? style.on(ground) : style
                    buffer[column + offset, y + row] = Cell(glyph, inked)
                }
            }
            column += ((shape.first?.count ?? 0) + 1) * scale
        }
    }

    private func picture(_ shape: [String], _ glyphs: GlyphSet) -> [[Glyph]] {
        let dots = shape.map { $0.map { $0 == "#" } }
        let wide = dots.first?.count ?? 0
        func inked(_ x: Int, _ y: Int) -> Bool {
            let (column, row) = (x / scale, y / scale)
            return row < dots.count && column < wide && dots[row][column]
        }
        return (0..<height(glyphs.level)).map { row in
            (0..<wide * scale).map { x in
                guard let halves = glyphs.halves else {
                    return inked(x, scale == 1 ? row : row * 2) ? glyphs.full : .space
                }
                switch (inked(x, row * 2), inked(x, row * 2 + 1)) {
                case (true, true): return glyphs.full
                case (true, false): return halves.upper
                case (false, true): return halves.lower
                case (false, false): return .space
                }
            }
        }
    }
}
