/// Points and lines finer than cells: braille (2×4 dots a cell), quarters (2×2) or ASCII (1×2). One style a cell.
public struct DotCanvas: Sendable, Equatable {
    /// In cells.
    public let columns, rows: Int
    public let level: GlyphLevel
    /// Dots across and down a cell.
    public let dotsAcross, dotsDown: Int
    private var bits: [UInt8]
    private var styles: [Style]

    public init(columns: Int, rows: Int, level: GlyphLevel) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
        self.level = level
        (dotsAcross, dotsDown) =
            switch level {
            case .braille: (2, 4)
            case .block: (2, 2)
            case .ascii: (1, 2)
            }
        bits = Array(repeating: 0, count: self.columns * self.rows)
        styles = Array(repeating: .plain, count: self.columns * self.rows)
    }

    /// In dots.
    public var width: Int { columns * dotsAcross }
    public var height: Int { rows * dotsDown }

    /// Sets the dot in column x and row y, counted from the upper left; outside it does nothing. The cell takes the style.
    public mutating func set(_ x: Int, _ y: Int, _ style: Style) {
        guard x >= 0, x < width, y >= 0, y < height else { return }
        let cell = y / dotsDown * columns + x / dotsAcross
        bits[cell] |= 1 << UInt8(y % dotsDown * dotsAcross + x % dotsAcross)
        styles[cell] = style
    }

    /// A straight line of dots between two points, ends included (Bresenham 1965).
    public mutating func line(from: (x: Int, y: Int), to: (x: Int, y: Int), _ style: Style) {
        // Far ends outside would be walked dot by dot: hold them near the canvas.
        func held(_ value: Int, _ size: Int) -> Int { min(max(value, -4 * size - 64), 5 * size + 64) }
        var (x, y) = (held(from.x, width), held(from.y, height))
        let (endX, endY) = (held(to.x, width), held(to.y, height))
        let (dx, dy) = (abs(endX - x), -abs(endY - y))
        let (stepX, stepY) = (x < endX ? 1 : -1, y < endY ? 1 : -1)
        var error = dx + dy
        while true {
            set(x, y, style)
            if x == endX && y == endY { return }
            let twice = 2 * error
            if twice >= dy {
                error += dy
                x += stepX
            }
            if twice <= dx {
                error += dx
                y += stepY
            }
        }
    }

    /// Joins values, one for each column of dots from `x` on; nil leaves a gap. A value is a row of dots from the top.
    public mutating func curve(_ values: [Int?], x: Int = 0, _ style: Style) {
        var last: Int?
        for (offset, value) in values.enumerated() {
            defer { last = value }
            guard let value else { continue }
            if let last {
                line(from: (x + offset - 1, last), to: (x + offset, value), style)
            } else {
                set(x + offset, value, style)
            }
        }
    }

    /// Draws the cells that hold dots with the upper left one at (x, y), and keeps the background under them.
    public func draw(into buffer: inout Buffer, x: Int, y: Int, clip: Rect? = nil) {
        let area = (clip ?? buffer.bounds).intersection(buffer.bounds)
        for row in 0..<rows {
            for column in 0..<columns where area.contains(x: x + column, y: y + row) {
                let at = row * columns + column
                guard bits[at] != 0 else { continue }
                let ground = buffer[x + column, y + row].style.background
                let style = styles[at].background.isDefault ? styles[at].on(ground) : styles[at]
                buffer[x + column, y + row] = Cell(glyph(bits[at]), style)
            }
        }
    }

    private func glyph(_ bits: UInt8) -> Glyph {
        switch level {
        case .ascii: return GlyphSet.asciiDots[Int(bits & 3)]
        case .block: return GlyphSet.quarters[Int(bits & 15)]
        case .braille: return .braille(bits)
        }
    }
}
