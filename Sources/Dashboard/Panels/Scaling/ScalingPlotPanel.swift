import Foundation
import Measurement
import Screen
import Simulation

//  10 ms ·····································  naive n^0.98
//                               ×    ·
//   1 ms ·················×··········┊·······   n
//                    ×          ·    ┊ 14×
//  100 µs ······×··············●·····┊·······   n^0.8
//          ×     ·  ●       ● ●          ●    ● d 4 n^0.56
//   10 µs ●··●··●············▲··▲··········    ▲ d 2 n^0.35
//         256   1k    4k    16k   64k  256k

/// Time against n, both logarithmic: points with their spread, the powers of n that fit them, n and n^{4/5} as guides.
struct ScalingPlotPanel: Panel {
    let title = "time per step against n"

    func note(_ context: RenderContext) -> String {
        let sweep = context.snapshot.sweep
        guard let newest = sweep.curves.last else { return "log-log, measured warm" }
        let done = "\(newest.points.count) of \(max(sweep.lengths.count, newest.points.count))"
        if newest.isComplete { return "log-log, measured warm" }
        if !sweep.isRunning { return "stands at \(done)" }
        if context.snapshot.isPaused { return "paused at \(done)" }
        return sweep.n.map { "measuring n = \(Format.binary($0)), \(done) done" } ?? "\(done) done"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let sweep = context.snapshot.sweep
        let looks = CurveLook.all(of: sweep, glyphs: context.glyphs).filter { !$0.curve.points.isEmpty }
        let labelWidth = rect.width >= 90 ? 20 : rect.width >= 60 ? 16 : 14
        let plotArea = rect.inset(left: 7, right: labelWidth + 1, bottom: 1)
        guard plotArea.width >= 8, plotArea.height >= 4 else { return }
        var canvas = DotCanvas(columns: plotArea.width, rows: plotArea.height, level: context.glyphs.level)
        guard let plot = SweepPlot(looks, lengths: sweep.lengths, area: plotArea, canvas: canvas) else {
            waiting(in: rect, into: &buffer, context)
            return
        }
        axes(plot, in: rect, into: &buffer, context)
        var labels = LineLabels()
        if let newest = looks.last, newest.isNewest {
            crossover(of: newest.curve, plot, into: &buffer, context)
            guides(of: newest.curve, plot, on: &canvas, &labels, context)
        }
        for look in looks { lines(of: look, plot, on: &canvas, &labels, context) }
        canvas.draw(into: &buffer, x: plotArea.x, y: plotArea.y, clip: plotArea)
        for look in looks { marks(of: look, plot, into: &buffer, context) }
        if let newest = looks.last, newest.isNewest { gap(of: newest.curve, plot, into: &buffer, context) }
        labels.draw(
            in: Rect(x: plotArea.right + 1, y: rect.y, width: labelWidth, height: plotArea.height), into: &buffer,
            ellipsis: context.glyphs.ellipsis)
    }

    private func waiting(in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let why =
            context.snapshot.isPaused
            ? "The sweep runs between the steps of the stream, and the stream is paused: press space."
            : "The sweep runs between the steps of the stream, the smallest n first."
        let lines = why.wrapped(to: rect.width - 4)
        let top = (rect.height - lines.count - 2) / 2
        buffer.put("no point measured yet", in: rect, row: top, align: .centre, style: context.style(.text, .bold))
        for (row, line) in lines.enumerated() {
            buffer.put(line, in: rect, row: top + 2 + row, align: .centre, style: context.style(.muted))
        }
    }

    // MARK: Axes

    private func axes(_ plot: SweepPlot, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let area = plot.area
        let faint = context.style(.border)
        var free = -1
        for tick in plot.times.ticks {
            let y = plot.y(tick)
            guard y > free, y < area.bottom else { continue }
            free = y
            buffer.put(
                Text.tick(tick), in: Rect(x: rect.x, y: y, width: 6, height: 1), align: .trailing,
                style: context.style(.muted))
            for x in area.x..<area.right { buffer[x, y] = Cell(context.glyphs.dot, faint) }
        }
        var next = rect.x
        for label in plot.labels {
            let x = plot.x(Double(label.n)) - (label.text.count - 1) / 2
            guard x >= next, x + label.text.count <= area.right + 3 else { continue }
            next = buffer.put(label.text, x: x, y: area.bottom, style: context.style(.muted)) + 1
            guard context.glyphs.level > .ascii else { continue }
            for y in area.y..<area.bottom where buffer[plot.x(Double(label.n)), y].glyph == .space {
                buffer[plot.x(Double(label.n)), y] = Cell(context.glyphs.dot, faint)
            }
        }
        buffer.put(
            "keys n \(context.glyphs.right)",
            in: Rect(
                x: max(next + 1, area.right), y: area.bottom, width: rect.right - max(next + 1, area.right), height: 1),
            align: .trailing, style: context.style(.muted))
    }

    /// n and n^{4/5} from where HSR's fitted line begins: naive follows the one, the paper promises the other.
    private func guides(
        of curve: SweepCurve, _ plot: SweepPlot, on canvas: inout DotCanvas, _ labels: inout LineLabels,
        _ context: RenderContext
    ) {
        guard let first = curve.points.first(where: { $0.n >= 1 << 12 }) else { return }
        let start = Double(first.n)
        let height = curve.hsrFit?(start) ?? first.hsr.median
        let end = plot.length(at: canvas.width - 1)
        let style = Style(
            context.theme[.bound].mixed(with: context.theme[.background], 0.35), on: context.theme[.background])
        for (exponent, name) in [(1.0, "n"), (0.8, "n^0.8")] {
            let power = { (n: Double) in height * pow(n / start, exponent) }
            plot.draw(power, from: start, to: end, every: 2, on: &canvas, style)
            labels.add(name, y: plot.y(power(end)), style)
        }
    }

    // MARK: Curves

    private func lines(
        of look: CurveLook, _ plot: SweepPlot, on canvas: inout DotCanvas, _ labels: inout LineLabels,
        _ context: RenderContext
    ) {
        let curve = look.curve
        let style = look.style(context)
        guard let last = curve.points.last else { return }
        let end = Double(last.n)
        func spread(_ spread: Spread, at n: Int, _ colour: Colour) {
            let faint = Style(
                colour.mixed(with: context.theme[.background], 0.5), on: context.theme[.background])
            let x = plot.column(Double(n))
            for y in plot.row(spread.high)...max(plot.row(spread.high), plot.row(spread.low)) {
                canvas.set(x, y, faint)
            }
        }
        for point in curve.points {
            if look.isNewest { spread(point.naive, at: point.n, context.theme[.naive]) }
            spread(point.hsr, at: point.n, style.foreground)
        }
        func fitted(
            _ fit: PowerFit?, isClaimed: Bool, name: String, mark: Glyph?, at value: Double, _ style: Style
        ) {
            guard let fit else {
                labels.add(name, y: plot.y(value), mark: mark, style)
                return
            }
            plot.draw({ fit($0) }, from: 4096, to: end, on: &canvas, style)
            let power = isClaimed ? " \(Text.power(fit.exponent))" : ""
            labels.add(name + power, y: plot.y(fit(end)), mark: mark, style)
        }
        if look.isNewest {
            fitted(
                curve.naiveFit, isClaimed: true, name: "naive", mark: context.glyphs.cross, at: last.naive.median,
                context.style(.naive, .bold))
        }
        fitted(
            curve.hsrFit, isClaimed: curve.claimedPower != nil, name: look.name, mark: look.mark,
            at: last.hsr.median, style)
    }

    private func marks(of look: CurveLook, _ plot: SweepPlot, into buffer: inout Buffer, _ context: RenderContext) {
        for point in look.curve.points {
            let x = plot.x(Double(point.n))
            if look.isNewest {
                buffer[x, plot.y(point.naive.median)] = Cell(context.glyphs.cross, context.style(.naive, .bold))
            }
            buffer[x, plot.y(point.hsr.median)] = Cell(look.mark(of: point), look.style(context))
        }
    }

    /// Where HSR overtakes naive, and stays ahead.
    private func crossover(
        of curve: SweepCurve, _ plot: SweepPlot, into buffer: inout Buffer, _ context: RenderContext
    ) {
        guard curve.points.count >= 2, let n = curve.crossover,
            let point = curve.points.first(where: { $0.n == n })
        else { return }
        let x = plot.x(Double(n))
        let style = context.style(.accent)
        for y in plot.y(point.hsr.median)..<plot.area.bottom { buffer[x, y] = Cell(context.glyphs.mark, style) }
        let text = "HSR ahead from n = \(Format.binary(n))"
        let y = plot.area.bottom - 1
        guard x + 2 + text.count <= plot.area.right else { return }
        buffer.put(text, x: x + 2, y: y, style: style)
    }

    /// How far the two are apart at the largest n.
    private func gap(of curve: SweepCurve, _ plot: SweepPlot, into buffer: inout Buffer, _ context: RenderContext) {
        guard let last = curve.points.last, last.hsr.median > 0, last.naive.median > 0 else { return }
        let (top, bottom) = (plot.y(last.naive.median), plot.y(last.hsr.median))
        guard bottom - top >= 3 else { return }
        let x = plot.x(Double(last.n))
        for y in top + 1..<bottom { buffer[x, y] = Cell(context.glyphs.line.vertical, context.style(.text)) }
        let text = Text.ratio(last.naive.median / last.hsr.median) + "×"
        buffer.put(text, x: x - text.count - 1, y: (top + bottom) / 2, style: context.style(.text, .bold))
    }
}

extension Text {
    /// "n^0.56".
    static func power(_ exponent: Double) -> String { "n^\(Format.fixed(exponent, 2))" }
}
