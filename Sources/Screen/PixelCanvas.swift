/// Square pixels in numbered inks: two to a cell as half blocks where the terminal can, else one.
public struct PixelCanvas: Sendable, Equatable {
    /// In pixels.
    public let width, height: Int
    /// Row by row from the top.
    public private(set) var pixels: [UInt8]

    public init(width: Int, height: Int, ink: UInt8 = 0) {
        self.width = max(0, width)
        self.height = max(0, height)
        pixels = Array(repeating: ink, count: self.width * self.height)
    }

    /// The ink of a pixel; outside it reads 0 and ignores writes.
    public subscript(x: Int, y: Int) -> UInt8 {
        get { x >= 0 && x < width && y >= 0 && y < height ? pixels[y * width + x] : 0 }
        set {
            guard x >= 0 && x < width && y >= 0 && y < height else { return }
            pixels[y * width + x] = newValue
        }
    }

    /// Sets a row from its left end on, as far as both reach.
    public mutating func set(row y: Int, to inks: [UInt8]) {
        guard y >= 0, y < height, width > 0 else { return }
        let count = min(width, inks.count)
        pixels.replaceSubrange(y * width..<y * width + count, with: inks[..<count])
    }

    /// Draws with the upper left pixel in cell (x, y) of the buffer, as far as `clip` reaches.
    ///
    /// Where both pixels of a cell have one colour it writes a blank on that background: terminals draw it fastest.
    public func draw(into buffer: inout Buffer, x: Int, y: Int, palette: Palette, clip: Rect? = nil) {
        guard !palette.inks.isEmpty else { return }
        let area = (clip ?? buffer.bounds).intersection(buffer.bounds)
        let perCell = palette.rowsPerCell
        // One cell for each pair of inks: a picture has thousands of cells and few pairs.
        let count = palette.inks.count
        let cells: [Cell] =
            perCell == 2
            ? palette.inks.flatMap { upper in palette.inks.map { Self.cell(upper.colour, over: $0.colour) } }
            : palette.inks.map(\.cell)
        let columns = max(0, area.x - x)..<max(max(0, area.x - x), min(width, area.right - x))
        for row in 0..<(height + perCell - 1) / perCell where y + row >= area.y && y + row < area.bottom {
            let upper = row * perCell * width
            // An odd last row has nothing below: its lower half is the ground of the first ink.
            let lower = perCell == 2 && row * 2 + 1 < height ? upper + width : nil
            for column in columns {
                var ink = min(Int(pixels[upper + column]), count - 1)
                if perCell == 2 { ink = ink * count + (lower.map { min(Int(pixels[$0 + column]), count - 1) } ?? 0) }
                buffer[x + column, y + row] = cells[ink]
            }
        }
    }

    private static let upperHalf: Glyph = "▀"

    private static func cell(_ upper: Colour, over lower: Colour) -> Cell {
        upper == lower ? Cell(.space, Style(on: upper)) : Cell(upperHalf, Style(upper, on: lower))
    }
}
