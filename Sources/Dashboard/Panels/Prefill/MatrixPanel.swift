import Foundation
import Screen
import Simulation

/// The query-by-key matrix of a prefill as it fills: light where keys were reported, blank where no query is done yet.
struct MatrixPanel: Panel {
    let title = "queries × keys"

    func note(_ context: RenderContext) -> String {
        guard let frame = context.snapshot.prefill else { return "Algorithm 2" }
        return frame.isCausal ? "causal: query i sees keys up to i" : "full: every query sees every key"
    }

    /// Powers of ten between the brightest share and the thinnest that is told from none.
    private static let reach = 1.5
    /// Shares of a stretch's entries that the brightest ink may stand for.
    private static let tops = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let frame = context.snapshot.prefill
        let isEmpty = frame.map { $0.phase == .done && $0.queries == 0 } ?? false
        guard let frame, frame.rows > 0, frame.columns > 0, !isEmpty else {
            let sentence =
                isEmpty
                ? "There are no keys at the start, so there is nothing to fill in: press N."
                : "p runs Algorithm 2 over the keys present, P with a causal mask; again stops it."
            let place = rect.centred(width: min(rect.width, 44), height: rect.height)
            buffer.put(centred: sentence, in: place, style: context.style(.text))
            return
        }
        let margin = rect.width >= 50 ? 7 : 0
        let area = rect.inset(left: margin, bottom: 1)
        guard area.width >= 4, area.height >= 2 else { return }
        let palette = context.palette(.heat, levels: 24)
        let top = draw(frame, in: area, palette: palette, into: &buffer, context)
        axes(frame, margin: margin, area: area, into: &buffer, context)
        guard frame.reported > 0 else {
            let place = area.centred(width: min(area.width, 60), height: 3)
            buffer.fill(place, with: Cell(.space, context.style(.text)))
            buffer.put(centred: Self.uncounted(frame), in: place.inset(left: 1, right: 1), style: context.style(.text))
            return
        }
        let line = Rect(x: rect.x, y: rect.bottom, width: rect.width, height: 1)
        legend(palette, top: top, in: line, into: &buffer, context)
    }

    /// Why there is no picture: most ways count reported entries after the times, and some never do.
    private static func uncounted(_ frame: PrefillFrame) -> String {
        if PrefillTimesPanel.isDense(frame) { return "Dense blocks read every entry and reported none." }
        return frame.phase == .done ? "No entry was reported." : "Entries are counted once the times are taken."
    }

    /// Draws the shares and returns that of the brightest ink: the next of ``tops`` above the largest.
    private func draw(
        _ frame: PrefillFrame, in area: Rect, palette: Palette, into buffer: inout Buffer, _ context: RenderContext
    ) -> Double {
        let height = area.height * palette.rowsPerCell
        var canvas = PixelCanvas(width: area.width, height: height)
        var waiting = palette
        // Not done yet: the theme's own ground, so that the dark of "none reported" is seen to arrive.
        let pending =
            waiting.add(
                context.theme[.background].mixed(with: context.theme[.border], 0.5), glyph: context.glyphs.dot) ?? 0
        let shares = (0..<height).map { y in
            (0..<area.width).map { x in Self.share(frame, x: x, y: y, width: area.width, height: height) }
        }
        let largest = shares.joined().compactMap { $0 }.max() ?? 0
        let top = Self.tops.first { $0 >= largest } ?? 1
        for (y, row) in shares.enumerated() {
            for (x, share) in row.enumerated() {
                canvas[x, y] = share.map { Self.ink($0 / top, of: palette.inks.count) } ?? pending
            }
        }
        canvas.draw(into: &buffer, x: area.x, y: area.y, palette: waiting)
        return top
    }

    /// The mean share of those cells under a pixel that are done; nil where none is.
    private static func share(_ frame: PrefillFrame, x: Int, y: Int, width: Int, height: Int) -> Double? {
        let rows = y * frame.rows / height..<max(y * frame.rows / height + 1, (y + 1) * frame.rows / height)
        let columns = x * frame.columns / width..<max(x * frame.columns / width + 1, (x + 1) * frame.columns / width)
        var (sum, done) = (Float(0), 0)
        for row in rows {
            for column in columns {
                let share = frame.shares[row * frame.columns + column]
                guard share >= 0 else { continue }
                sum += share
                done += 1
            }
        }
        return done > 0 ? Double(sum) / Double(done) : nil
    }

    private static func ink(_ share: Double, of levels: Int) -> UInt8 {
        guard share > 0 else { return 0 }
        let light = min(1, max(0, 1 + log10(share) / reach))
        return UInt8(max(levels > 16 ? 2 : 1, light * light * Double(levels - 1)))
    }

    private func axes(
        _ frame: PrefillFrame, margin: Int, area: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        let muted = context.style(.muted)
        if margin > 0 {
            for quarter in 0..<4 where quarter == 0 || frame.queries >= 4 {
                buffer.put(
                    Format.binary(frame.queries * quarter / 4),
                    in: Rect(x: area.x - margin, y: area.y + area.height * quarter / 4, width: margin - 1, height: 1),
                    align: .trailing, style: muted)
            }
        }
        for quarter in 0..<4 where quarter == 0 || frame.keys >= 4 {
            buffer.put(
                Format.binary(frame.keys * quarter / 4), x: area.x + area.width * quarter / 4, y: area.bottom,
                style: muted, clip: Rect(x: area.x, y: area.bottom, width: area.width, height: 1))
        }
        buffer.put(
            "keys \(context.glyphs.right)", in: Rect(x: area.x, y: area.bottom, width: area.width, height: 1),
            align: .trailing, style: muted)
    }

    private func legend(
        _ palette: Palette, top: Double, in line: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        let width = 12
        let (low, high) = (" none ", " \(top < 1 ? Format.percent(top) : "every entry") reported ")
        var x = line.right - low.count - width - high.count
        guard x > line.x else { return }
        x = buffer.put(low, x: x, y: line.y, style: context.style(.muted))
        for i in 0..<width {
            let ink = palette.inks[i * (palette.inks.count - 1) / (width - 1)]
            buffer[x + i, line.y] = context.depth >= .palette256 ? Cell(.space, Style(on: ink.colour)) : ink.cell
        }
        buffer.put(high, x: x + width, y: line.y, style: context.style(.muted))
    }
}
