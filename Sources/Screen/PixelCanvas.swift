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

    /// Draws with the upper left pixel in cell (x, y) of the buffer, as far as `clip` reaches.
    ///
    /// Where both pixels of a cell have one colour it writes a blank on that background: terminals draw it fastest.
    public func draw(into buffer: inout Buffer, x: Int, y: Int, palette: Palette, clip: Rect? = nil) {
        guard !palette.inks.isEmpty else { return }
        let area = (clip ?? buffer.bounds).intersection(buffer.bounds)
        let inks = palette.inks
        let perCell = palette.rowsPerCell
        let last = inks.count - 1
        let columns = max(0, area.x - x)..<max(max(0, area.x - x), min(width, area.right - x))
        for row in 0..<(height + perCell - 1) / perCell where y + row >= area.y && y + row < area.bottom {
            for column in columns {
                let upper = inks[min(Int(self[column, row * perCell]), last)]
                guard perCell == 2 else {
                    buffer[x + column, y + row] = upper.cell
                    continue
                }
                // An odd last row has nothing below: its lower half is the ground of the first ink.
                let below = row * 2 + 1
                let lower = below < height ? inks[min(Int(pixels[below * width + column]), last)] : inks[0]
                buffer[x + column, y + row] =
                    upper.colour == lower.colour
                    ? Cell(.space, Style(on: upper.colour)) : Cell("▀", Style(upper.colour, on: lower.colour))
            }
        }
    }
}
