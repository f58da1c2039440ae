import Foundation
import Screen
import Simulation

//     HSR                    naive
//   0 ░▒      ▓▓              ████
//  2k ░▒      ▓▓              ████████
//  4k ░▒      ▓▓  ░           ████████████
//  6k ················        ················
//     0       4k      keys →  0       4k

/// The query-by-key matrix both ways, row by row as they are answered: what HSR reported, and beside it what naive reads,
/// which is everything.
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
    /// A prefill that has run for less may be over before it can be watched, in seconds.
    private static let moment = 1.0

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
        let area = rect.inset(left: margin, top: 1, bottom: 1)
        let lanes = area.columns([.share(1), .share(1)], gap: 2)
        guard lanes[0].width >= 4, area.height >= 2 else { return }
        let palette = context.palette(.heat, levels: 24)
        let progress = Self.progress(frame, context)
        let top = reported(frame, to: progress.hsr, in: lanes[0], palette, into: &buffer, context)
        read(frame, to: progress.naive, in: lanes[1], palette, into: &buffer, context)
        for (lane, name, series) in [(lanes[0], "HSR", Theme.Series.hsr), (lanes[1], "naive", .naive)] {
            buffer.put(
                name, in: Rect(x: lane.x, y: rect.y, width: lane.width, height: 1), style: context.style(series, .bold))
        }
        axes(frame, margin: margin, lanes: lanes, into: &buffer, context)
        guard frame.reported > 0 || frame.phase != .done else {
            let place = lanes[0].centred(width: min(lanes[0].width, 60), height: 4)
            buffer.fill(place, with: Cell(.space, context.style(.text)))
            let sentence =
                PrefillTimesPanel.isDense(frame)
                ? "Dense blocks read every entry and reported none." : "No entry was reported."
            buffer.put(centred: sentence, in: place.inset(left: 1, right: 1), style: context.style(.text))
            return
        }
        guard frame.reported > 0 else { return }
        let line = Rect(x: rect.x, y: rect.bottom, width: rect.width, height: 1)
        legend(palette, top: top, in: line, into: &buffer, context)
    }

    /// The share of the rows that each lane shows, from above.
    private static func progress(_ frame: PrefillFrame, _ context: RenderContext) -> (hsr: Double, naive: Double) {
        if let told = context.state.prefillTold { return told.progress(at: context.state.now) }
        if frame.phase == .done { return (1, 1) }
        // What may be over before it is seen is told afterwards.
        guard frame.hsrSeconds >= moment || frame.phase == .cancelled else { return (0, 0) }
        return (1, Double(frame.naiveDone) / Double(max(1, frame.queries)))
    }

    /// Not done yet: the theme's own ground, so that the dark of "none reported" is seen to arrive.
    private static func waiting(_ palette: inout Palette, _ context: RenderContext) -> UInt8 {
        palette.add(context.theme[.background].mixed(with: context.theme[.border], 0.5), glyph: context.glyphs.dot) ?? 0
    }

    /// Draws the shares of the rows that are shown, and returns that of the brightest ink: the next of ``tops`` above the
    /// largest.
    private func reported(
        _ frame: PrefillFrame, to progress: Double, in area: Rect, _ palette: Palette, into buffer: inout Buffer,
        _ context: RenderContext
    ) -> Double {
        let height = area.height * palette.rowsPerCell
        var canvas = PixelCanvas(width: area.width, height: height)
        var palette = palette
        let levels = palette.inks.count
        let pending = Self.waiting(&palette, context)
        let shares = (0..<height).map { y in
            (0..<area.width).map { x in Self.share(frame, x: x, y: y, width: area.width, height: height) }
        }
        let largest = shares.joined().compactMap { $0 }.max() ?? 0
        let top = Self.tops.first { $0 >= largest } ?? 1
        for (y, row) in shares.enumerated() {
            let isShown = Double(y) < progress * Double(height)
            for (x, share) in row.enumerated() {
                canvas[x, y] = isShown ? share.map { Self.ink($0 / top, of: levels) } ?? pending : pending
            }
        }
        canvas.draw(into: &buffer, x: area.x, y: area.y, palette: palette)
        return top
    }

    /// Naive reads every entry of a row, up to the row's own key where the mask is causal.
    private func read(
        _ frame: PrefillFrame, to progress: Double, in area: Rect, _ palette: Palette, into buffer: inout Buffer,
        _ context: RenderContext
    ) {
        let height = area.height * palette.rowsPerCell
        var canvas = PixelCanvas(width: area.width, height: height)
        var palette = palette
        let pending = Self.waiting(&palette, context)
        let all = palette.add(
            context.theme[.naive].mixed(with: context.theme[.background], 0.35), glyph: context.glyphs.full)
        for y in 0..<height {
            let isShown = Double(y) < progress * Double(height)
            let seen = frame.isCausal ? (y + 1) * area.width / height : area.width
            for x in 0..<area.width { canvas[x, y] = !isShown ? pending : x < max(1, seen) ? all ?? 0 : 0 }
        }
        canvas.draw(into: &buffer, x: area.x, y: area.y, palette: palette)
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
        _ frame: PrefillFrame, margin: Int, lanes: [Rect], into buffer: inout Buffer, _ context: RenderContext
    ) {
        let muted = context.style(.muted)
        if margin > 0 {
            for quarter in 0..<4 where quarter == 0 || frame.queries >= 4 {
                buffer.put(
                    Format.binary(frame.queries * quarter / 4),
                    in: Rect(
                        x: lanes[0].x - margin, y: lanes[0].y + lanes[0].height * quarter / 4, width: margin - 1,
                        height: 1), align: .trailing, style: muted)
            }
        }
        for lane in lanes {
            let line = Rect(x: lane.x, y: lane.bottom, width: lane.width, height: 1)
            for half in 0..<2 where half == 0 || frame.keys >= 2 {
                buffer.put(
                    Format.binary(frame.keys * half / 2), x: lane.x + lane.width * half / 2, y: lane.bottom,
                    style: muted, clip: line)
            }
            buffer.put("keys \(context.glyphs.right)", in: line, align: .trailing, style: muted)
        }
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
