import PlainText
import Screen
import Simulation

/// The heads of a large model, a row a layer: how much of its weight each leaves out, and the chosen head's figures below.
struct HeadMap {
    let frame: TextFrame
    let record: TextRecord

    /// nil where a model has so few heads that their figures are told one by one, or nothing was compared yet.
    init?(_ frame: TextFrame) {
        guard let compared = frame.compared, compared.shares.count > Self.fewHeads, frame.headsPerLayer > 0 else {
            return nil
        }
        (self.frame, record) = (frame, compared)
    }

    private static let fewHeads = 16
    /// Left out of a head's weight where the map is brightest.
    private static let brightest: Float = 0.1
    /// Rows of a layer where there is room for more.
    private static let mostRows = 4

    private var layers: Int { record.shares.count / frame.headsPerLayer }

    /// Cells beside the map of the context.
    var width: Int { max(14, frame.headsPerLayer * 2) }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard rect.height >= 5, rect.width >= frame.headsPerLayer else { return }
        var palette = context.palette(.heat, levels: 24)
        let levels = palette.inks.count
        // Heads that read every key leave nothing out: they are marked, since dark they would look like others that leave little.
        let dense = palette.add(context.theme[.border], glyph: context.glyphs.dot) ?? 0
        drawLegend(isPlain: palette.rowsPerCell == 1, into: &buffer, rect: rect, context: context)
        // As many layers a row, or rows a layer, as there is room for.
        let room = (rect.height - 3) * palette.rowsPerCell
        let rows = room < layers ? room : layers * min(Self.mostRows, room / max(1, layers))
        let columns = rect.width >= 2 * frame.headsPerLayer ? 2 : 1
        var canvas = PixelCanvas(width: frame.headsPerLayer * columns, height: rows)
        var most: [Int: Float] = [:]
        func places(_ i: Int) -> Range<Int> {
            let (layer, all) = (i / frame.headsPerLayer, max(1, layers))
            let first = layer * rows / all
            return first..<max(first + 1, (layer + 1) * rows / all)
        }
        func fill(_ row: Int, _ head: Int, _ ink: UInt8) {
            for x in 0..<columns { canvas[head * columns + x, row] = ink }
        }
        for (i, isDense) in frame.denseHeads.enumerated() where isDense && i < record.shares.count {
            for row in places(i) { fill(row, i % frame.headsPerLayer, dense) }
        }
        for (i, share) in record.shares.enumerated() where share.isFinite {
            for row in places(i) {
                let pixel = row * frame.headsPerLayer + i % frame.headsPerLayer
                most[pixel] = max(most[pixel] ?? 0, 1 - share)
            }
        }
        for (pixel, left) in most where left > 1e-4 {
            let level = 0.15 + 0.85 * min(1, left / Self.brightest)
            fill(pixel / frame.headsPerLayer, pixel % frame.headsPerLayer, UInt8(level * Float(levels - 1)))
        }
        canvas.draw(into: &buffer, x: rect.x, y: rect.y + 1, palette: palette)
        let last = Rect(x: rect.x, y: rect.bottom - 2, width: rect.width, height: 1)
        guard record.shares.indices.contains(frame.head), record.errors.indices.contains(frame.head) else { return }
        let (share, error) = (Double(record.shares[frame.head]), Double(record.errors[frame.head]))
        let kept = share.isFinite ? Format.percent(share) : "?"
        let name = "\(frame.head / frame.headsPerLayer).\(frame.head % frame.headsPerLayer)"
        buffer.put("head \(name): \(kept)", in: last, style: context.style(.text))
        let below = Rect(x: rect.x, y: rect.bottom - 1, width: rect.width, height: 1)
        buffer.put("error \(Text.error(error))", in: below, style: context.style(.text))
    }

    /// What the map shows, with the mark of heads that read every key.
    private func drawLegend(isPlain: Bool, into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        buffer.put("left out", in: rect, style: context.style(.muted))
        guard frame.denseHeads.contains(true), rect.width >= 17 else { return }
        let mark = Style(context.theme[.border], on: context.theme[.background])
        buffer[rect.x + 10, rect.y] = Cell(isPlain ? context.glyphs.dot : context.glyphs.full, mark)
        buffer.put("dense", in: rect.inset(left: 12), style: context.style(.muted))
    }
}
