/// A screen full of cells, drawn into by panels and shown by a terminal.
///
/// Reading outside gives a blank, writing outside does nothing, so no panel has to guard its edges.
public struct Buffer: Sendable, Equatable {
    public let width, height: Int
    /// Row by row from the top, `width * height` cells.
    public private(set) var cells: [Cell]
    /// Whether text is written in ASCII: the signs of mathematics become what is typed for them.
    public var isPlain = false

    public init(width: Int, height: Int, fill: Cell = .blank) {
        self.width = max(0, width)
        self.height = max(0, height)
        cells = Array(repeating: fill, count: self.width * self.height)
    }

    public var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }

    /// The cell in column x of row y.
    ///
    /// A wide glyph needs its right half written after it: ``put(_:x:y:style:clip:)`` does. Half of a wide glyph that is
    /// written over takes the other half with it.
    public subscript(x: Int, y: Int) -> Cell {
        get {
            x >= 0 && x < width && y >= 0 && y < height ? cells[y * width + x] : .blank
        }
        set {
            guard x >= 0 && x < width && y >= 0 && y < height else { return }
            let at = y * width + x
            let old = cells[at].glyph
            if old.base == 0 && newValue.glyph.base != 0 && x > 0 {
                cells[at - 1].glyph = .space
            } else if old.base > 0x1000 && x + 1 < width && cells[at + 1].glyph.base == 0 {
                cells[at + 1].glyph = .space
            }
            cells[at] = newValue
        }
    }

    /// The cells of row y, or none outside.
    public func row(_ y: Int) -> ArraySlice<Cell> {
        y >= 0 && y < height ? cells[y * width..<(y + 1) * width] : []
    }

    /// Fills the part of `rect` that lies inside.
    public mutating func fill(_ rect: Rect, with cell: Cell) {
        let area = rect.intersection(bounds)
        for y in area.y..<max(area.y, area.bottom) {
            for x in area.x..<max(area.x, area.right) {
                self[x, y] = cell
            }
        }
    }

    /// Changes the style of the cells of `rect` and leaves their glyphs.
    public mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
        let area = rect.intersection(bounds)
        for y in area.y..<max(area.y, area.bottom) {
            for x in area.x..<max(area.x, area.right) {
                change(&cells[y * width + x].style)
            }
        }
    }

    /// Copies all of `other` with its upper left corner at (x, y).
    public mutating func blit(_ other: Buffer, x: Int, y: Int) {
        for row in 0..<other.height {
            for column in 0..<other.width {
                self[x + column, y + row] = other[column, row]
            }
        }
    }
}
