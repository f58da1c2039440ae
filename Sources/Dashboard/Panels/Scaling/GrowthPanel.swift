import Measurement
import Screen
import Simulation

/// How the time grows with n, so that the back row can read it.
struct GrowthPanel: Panel {
    let title = "HSR grows as"

    /// Naive reads every key: where its own exponent lies outside, the times are no measure of growth.
    fileprivate static let trusted = 0.9...1.1

    func note(_ context: RenderContext) -> String {
        context.snapshot.sweep.curves.last?.hsrFit == nil ? "" : "fitted, n ≥ 4k"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let curve = context.snapshot.sweep.curves.last, let fit = curve.hsrFit, let naive = curve.naiveFit else {
            let isShort = context.snapshot.sweep.curves.last?.isComplete == true
            let sentence =
                isShort
                ? "These keys end too early for a power of n: three points at n ≥ 4k are needed."
                : "Three points at n ≥ 4k are needed to fit a power of n."
            buffer.put(centred: sentence, in: rect, style: context.style(.muted))
            return
        }
        guard Self.trusted.contains(naive.exponent) else {
            let sentence =
                "Naive must grow as n. Here it grows as \(Text.power(naive.exponent)): a busy machine, or caches that n outgrows."
                + " No power is claimed."
            buffer.put(centred: sentence, in: rect, style: context.style(.warn))
            return
        }
        let lines = sentences(curve, naive: naive)
        let shown = lines.prefix(max(0, rect.height - (context.glyphs.level == .ascii ? 6 : 4)))
        let top = rect.inset(bottom: shown.count)
        power(fit.exponent, in: top, into: &buffer, context)
        for (row, line) in shown.enumerated() {
            let place = Rect(x: rect.x, y: rect.bottom - shown.count + row, width: rect.width, height: 1)
            buffer.put(line.name, in: place, style: context.style(.muted))
            buffer.put(
                line.value, in: place, align: .trailing,
                style: line.series.map { context.style($0, .bold) } ?? context.style(.text, .bold))
        }
    }

    /// n with its exponent raised, as large as there is room.
    private func power(_ exponent: Double, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let style = context.style(.hsr, .bold)
        let digits = Format.fixed(exponent, 2)
        let level = context.glyphs.level
        let lift = max(1, rect.height / 4)
        // Both in one size: as wide as one text of theirs.
        guard
            let whole = BigText.fitting(
                "n" + digits, width: rect.width, height: rect.height - lift, glyphs: level)
        else {
            buffer.put(
                Text.power(exponent), in: rect, row: rect.height / 2, align: .centre, style: style)
            return
        }
        let (base, raised) = (
            BigText("n", face: whole.face, scale: whole.scale), BigText(digits, face: whole.face, scale: whole.scale)
        )
        let x = rect.x + (rect.width - whole.width) / 2
        let y = rect.y + (rect.height - whole.height(level) - lift) / 2
        base.draw(into: &buffer, x: x, y: y + lift, style: style, glyphs: context.glyphs)
        raised.draw(into: &buffer, x: x + base.width + whole.scale, y: y, style: style, glyphs: context.glyphs)
    }

    private struct Line {
        var name: String
        var value: String
        var series: Theme.Series?
    }

    /// The most telling first.
    private func sentences(_ curve: SweepCurve, naive: PowerFit) -> [Line] {
        var lines = [Line(name: "naive grows as", value: Text.power(naive.exponent), series: .naive)]
        if let last = curve.points.last, last.hsr.median > 0 {
            let ratio = last.naive.median / last.hsr.median
            lines.append(
                Line(
                    name: "at n = \(Format.binary(last.n))",
                    value: RaceVerdict.measured(ratio).figure + (ratio < 1 ? " slower" : " faster"),
                    series: ratio < 1 ? .naive : .hsr))
        }
        lines.append(Line(name: "ahead from", value: curve.crossover.map { "n = \(Format.binary($0))" } ?? "no n yet"))
        return lines
    }
}

extension SweepCurve {
    /// The power of n by which HSR grows, where naive's own says that the times measure growth.
    var claimedPower: PowerFit? {
        guard let naiveFit, GrowthPanel.trusted.contains(naiveFit.exponent) else { return nil }
        return hsrFit
    }
}
