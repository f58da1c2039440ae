import Screen
import Simulation

/// Positions from left to right: what a policy reads, what of the oracle's rows it misses, what it has evicted for ever.
struct PolicyStrip {
    let frame: PoliciesFrame
    let width: Int

    init(_ frame: PoliciesFrame, width: Int) {
        self.frame = frame
        self.width = max(0, width)
    }

    /// The column of a position.
    func column(of position: Int) -> Int {
        frame.n > 0 ? min(max(0, position * width / frame.n), max(0, width - 1)) : 0
    }

    func draw(_ row: PoliciesFrame.Row, x: Int, y: Int, into buffer: inout Buffer, _ context: RenderContext) {
        guard frame.bins > 0 else { return }
        for column in 0..<width {
            let first = column * frame.bins / width
            let bins = first..<max(first + 1, (column + 1) * frame.bins / width)
            buffer[x + column, y] = cell(row, bins, context)
        }
        guard let needle = frame.needle, let isRead = row.readsNeedle else { return }
        let place = x + column(of: needle)
        let (glyph, role): (Glyph, Theme.Role) =
            isRead
            ? (context.glyphs.check, .accent)
            : (context.glyphs.cross, row.keepsNeedle ? .warn : .error)
        buffer[place, y] = Cell(glyph, context.style(role, [.bold, .reverse]))
    }

    private func cell(_ row: PoliciesFrame.Row, _ bins: Range<Int>, _ context: RenderContext) -> Cell {
        func sum(_ counts: [UInt32]) -> Double { bins.reduce(0) { $0 + Double(counts[$1]) } }
        let (read, missed, gone, wanted) = (sum(row.read), sum(row.missed), sum(row.gone), sum(frame.oracle))
        let all = Double(frame.n) * Double(bins.count) / Double(frame.bins)
        if missed > wanted / 2 { return Self.missed(context) }
        if read > 0 { return Self.read(read / max(1, all), context) }
        return gone > 0 ? Self.gone(context) : Cell(.space, context.style(.text))
    }

    /// Read rows, darker the larger their share of the positions; one of many is seen.
    static func read(_ share: Double, _ context: RenderContext) -> Cell {
        let shades = context.glyphs.shades
        let level = share > 0.6 ? 1.0 : share > 0.25 ? 0.75 : share > 0.05 ? 0.5 : 0.25
        return Cell(shades[Int((level * Double(shades.count - 1)).rounded())], context.style(.reported, .bold))
    }

    static func missed(_ context: RenderContext) -> Cell { Cell(context.glyphs.cross, context.style(.warn, .bold)) }

    static func gone(_ context: RenderContext) -> Cell { Cell(context.glyphs.dot, context.style(.border)) }
}
