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

    private var layers: Int { record.shares.count / frame.headsPerLayer }

    /// Cells beside the map of the context.
    var width: Int { max(14, frame.headsPerLayer * 2) }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard rect.height >= 5, rect.width >= frame.headsPerLayer else { return }
        buffer.put(
            frame.denseHeads.contains(true) ? "left out, \(context.glyphs.dot.text) dense" : "left out", in: rect,
            style: context.style(.muted))
        var palette = context.palette(.heat, levels: 24)
        let levels = palette.inks.count
        // Heads that read every key leave nothing out: they are marked, since dark they would look like others that leave little.
        let dense = palette.add(context.theme[.border], glyph: context.glyphs.dot) ?? 0
        let rows = min(layers, (rect.height - 3) * palette.rowsPerCell)
        let columns = rect.width >= 2 * frame.headsPerLayer ? 2 : 1
        var canvas = PixelCanvas(width: frame.headsPerLayer * columns, height: rows)
        var most: [Int: Float] = [:]
        func place(_ i: Int) -> Int {
            i / frame.headsPerLayer * rows / max(1, layers) * frame.headsPerLayer + i % frame.headsPerLayer
        }
        for (i, isDense) in frame.denseHeads.enumerated() where isDense && i < record.shares.count {
            let (row, head) = (place(i) / frame.headsPerLayer, i % frame.headsPerLayer)
            for x in 0..<columns { canvas[head * columns + x, row] = dense }
        }
        for (i, share) in record.shares.enumerated() where share.isFinite {
            let pixel = place(i)
            most[pixel] = max(most[pixel] ?? 0, 1 - share)
        }
        for (pixel, left) in most where left > 1e-4 {
            let level = 0.15 + 0.85 * min(1, left / Self.brightest)
            let (row, head) = (pixel / frame.headsPerLayer, pixel % frame.headsPerLayer)
            for x in 0..<columns {
                canvas[head * columns + x, row] = UInt8(level * Float(levels - 1))
            }
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
}
