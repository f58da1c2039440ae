import Attention
import Foundation
import Measurement
import Screen
import Simulation

/// When it works: the mass in n^{4/5} keys against the spread of the scores, as the tilt law has it, and the live queries on it.
struct TiltPanel: Panel {
    let title = "tilt law"

    func note(_ context: RenderContext) -> String { "mass in n^0.8 keys" }

    /// Spreads shown, in standard deviations of the scores.
    private static let widest = 6.0
    /// Between the mass that the law says and the mass that is there: from here on the law fails.
    private static let tolerance = 0.1

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.accuracy, frame.n > 1 else {
            let sentence = context.snapshot.accuracy == nil ? Waiting.sentence(context) : "one key has no spread"
            buffer.put(centred: sentence, in: rect, style: context.style(.muted))
            return
        }
        let area = rect.inset(left: 5, bottom: 1)
        guard area.width >= 8, area.height >= 3 else { return }
        let kept = AccuracyFrame.power(of: frame.n)
        var canvas = DotCanvas(columns: area.width, rows: area.height, level: context.glyphs.level)
        func dot(_ spread: Double, _ mass: Double) -> (x: Int, y: Int) {
            let (x, y) = (spread / Self.widest, 1 - min(max(mass, 0), 1))
            return (Int(held: x * Double(canvas.width - 1)), Int(held: (y * Double(canvas.height - 1)).rounded()))
        }
        let law = (0..<canvas.width).map { column in
            let spread = Double(column) / Double(max(1, canvas.width - 1)) * Self.widest
            return dot(spread, TiltLaw.mass(kept: kept, of: frame.n, deviation: spread)).y as Int?
        }
        canvas.curve(law, context.style(.bound))
        ticks(area, into: &buffer, context)
        canvas.draw(into: &buffer, x: area.x, y: area.y, clip: area)
        for curve in frame.recent + [frame.newest] {
            guard let mass = Self.mass(of: curve, kept: kept) else { continue }
            let place = dot(min(curve.spread.deviation, Self.widest), mass)
            let isNewest = curve.spread.deviation == frame.newest.spread.deviation
            let cell = Cell(
                isNewest ? context.glyphs.full : context.glyphs.bullet,
                context.style(isNewest ? Theme.Series.hsr : .reported))
            buffer[area.x + place.x / canvas.dotsAcross, area.y + place.y / canvas.dotsDown] = cell
        }
        if let mass = Self.mass(of: frame.newest, kept: kept) {
            let law = TiltLaw.mass(kept: kept, of: frame.n, deviation: frame.newest.spread.deviation)
            let isOff = abs(law - mass) > Self.tolerance
            let words = "mass \(Format.percent(mass))" + (isOff ? ", the law \(Format.percent(law))" : "")
            buffer.put(
                words, in: area, row: max(0, area.height - 1), align: .trailing,
                style: context.style(isOff ? Theme.Role.warn : .text, .bold))
        }
        buffer.put(
            "spread \(Format.fixed(frame.newest.spread.deviation, 2))", in: area, row: max(0, area.height - 2),
            align: .trailing, style: context.style(.hsr))
    }

    /// The mass that the kept keys really hold: of the counts measured, the nearest.
    private static func mass(of curve: AccuracyCurve, kept: Int) -> Double? {
        curve.points.min { abs(log(Double($0.kept) / Double(kept))) < abs(log(Double($1.kept) / Double(kept))) }?.mass
    }

    private func ticks(_ area: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        for (share, text) in [(1.0, "100 %"), (0.5, "50 %"), (0, "0 %")] {
            let row = area.y + Int(held: ((1 - share) * Double(area.height - 1)).rounded())
            buffer.put(
                text, in: Rect(x: area.x - 5, y: row, width: 5, height: 1), align: .trailing,
                style: context.style(.muted))
            for x in area.x..<area.right where share > 0 {
                buffer[x, row] = Cell(context.glyphs.dot, context.style(.border))
            }
        }
        for spread in 0...Int(Self.widest) {
            let x = area.x + Int(held: Double(spread) / Self.widest * Double(area.width - 1))
            buffer.put("\(spread)σ", x: min(x, area.right - 2), y: area.bottom, style: context.style(.muted))
        }
    }
}
