import Screen
import Simulation

/// The whole context, row by row from its beginning: places that the newest letter attends to glow, however far back.
struct ContextPanel: Panel {
    let title = "context"

    func note(_ context: RenderContext) -> String {
        guard let frame = context.snapshot.text else { return "" }
        let tokens = frame.unit == "letter" ? nil : frame.record.map { "\(Format.grouped($0.position + 1)) tokens" }
        return tokens ?? "\(Format.grouped(frame.bytes.count)) letters"
    }

    func render(into buffer: inout Buffer, rect whole: Rect, context: RenderContext) {
        guard let frame = context.snapshot.text, whole.height >= 4 else { return }
        var rect = whole
        if let heads = HeadMap(frame), whole.width >= 2 * heads.width {
            rect = whole.inset(right: heads.width + 1)
            let beside = Rect(x: rect.right + 1, y: whole.y, width: heads.width, height: whole.height)
            heads.render(into: &buffer, rect: beside, context: context)
        }
        let map = rect.inset(bottom: 3)
        let palette = context.palette(.heat, levels: 24)
        let height = map.height * palette.rowsPerCell
        var canvas = PixelCanvas(width: map.width, height: height)
        let lit = context.state.text.lit(frame).entries
        let pixels = max(1, map.width * height)
        let count = max(1, frame.bytes.count)
        var cells: [Int: Float] = [:]
        for entry in lit { cells[min(pixels - 1, entry.position * pixels / count), default: 0] += entry.share }
        let most = max(cells.values.max() ?? 0, 1e-6)
        for (pixel, share) in cells {
            // What is little must not look like nothing.
            let level = 0.3 + 0.7 * Double(share / most).squareRoot()
            canvas[pixel % map.width, pixel / map.width] = UInt8(level * Double(palette.inks.count - 1))
        }
        canvas.draw(into: &buffer, x: map.x, y: map.y, palette: palette)
        tell(lit, frame, in: Rect(x: rect.x, y: map.bottom + 1, width: rect.width, height: 2), into: &buffer, context)
    }

    /// Where most of the attention is, in words: the letters around that place.
    private func tell(
        _ lit: [TextFrame.Lit], _ frame: TextFrame, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        guard let most = lit.max(by: { $0.share < $1.share }) else {
            return buffer.put("attends to nothing", in: rect, style: context.style(.muted))
        }
        let share = Format.percent(Double(most.share))
        let back = Format.grouped(frame.bytes.count - 1 - most.position)
        let place = frame.unit == "letter" ? "a letter \(back) back" : "one \(frame.unit)"
        buffer.put("\(share) at \(place):", in: rect, style: context.style(.text))
        let before = max(0, most.position - max(0, rect.width - 12) / 2)
        let after = min(frame.bytes.count, before + rect.width - 2)
        var x = rect.x
        for letter in TextLines.letters(of: frame.bytes, before..<max(before, after)) {
            let isMost = letter.bytes.contains(most.position)
            let glyph = frame.bytes[letter.bytes.lowerBound] < 0x20 ? .space : letter.glyph
            let style = context.style(.muted)
            x = buffer.put(
                glyph.text, x: x, y: rect.y + 1, style: isMost ? TextPanel.light(1, style, context) : style, clip: rect)
        }
    }
}
