import Foundation
import Screen
import Simulation

/// What softmax loses when only the r largest are kept: the actual error and the three bounds on it.
struct ErrorPanel: Panel {
    let title = "error against keys kept"

    func note(_ context: RenderContext) -> String {
        guard let frame = context.snapshot.accuracy else { return "" }
        let scope = context.snapshot.settings.activation == .softmax ? "softmax" : "softmax on the same scores"
        return "\(scope), median of \(frame.recent.count)"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.accuracy else {
            buffer.put(centred: Waiting.sentence(context), in: rect, style: context.style(.muted))
            return
        }
        let points = ErrorCurves(frame).points
        let drawn = points.flatMap { [$0.actual, $0.massBound, $0.certificate] }.filter { $0 > 1e-9 }
        let y = LogAxis.decades(max(drawn.min() ?? 1e-4, 1e-7), 10)
        let message = ErrorMessage(points, n: frame.n)?.fitting(rect.width)
        var plot = LogLogPlot(
            in: rect.inset(top: message == nil ? 1 : 2, bottom: 1), x: LogAxis(low: 1, high: Double(max(2, frame.n))),
            y: y, context: context
        )
        plot.drawAxes(into: &buffer)
        let reported = Double(context.snapshot.history.last?.reported ?? 0)
        let guides = [
            (pow(Double(frame.n), 0.8), "n^0.8", context.style(.muted)),
            (reported, "reported", context.style(.reported)),
        ]
        .filter { $0.0 >= 1 }
        for guide in guides { plot.drawGuide(at: guide.0, guide.2, into: &buffer) }
        let faint = Style(context.theme[.hsr].mixed(with: context.theme[.background], 0.6))
        for point in points where point.high > 0 {
            plot.span(point.kept, from: max(point.low, y.low), to: point.high, faint)
        }
        plot.curve(points.compactMap { p in p.paper.map { (p.kept, $0) } }, context.style(.naive))
        plot.curve(points.map { ($0.kept, $0.certificate) }, context.style(.bound))
        plot.curve(points.map { ($0.kept, $0.massBound) }, context.style(.tested))
        plot.curve(points.map { ($0.kept, $0.actual) }, context.style(.hsr, .bold))
        plot.draw(into: &buffer)
        if context.depth == .none || context.theme.kind == .mono { name(points, in: plot, into: &buffer, context) }
        for (i, guide) in guides.enumerated() {
            plot.drawWord(guide.1, at: guide.0, rowFromBelow: i, guide.2, into: &buffer)
        }

        if let message { buffer.put(message, in: rect, style: context.style(.text, .bold)) }
        let line = rect.row(message == nil ? 0 : 1)
        var x = rect.x
        if rect.width >= 56 {
            x = buffer.put("error / \u{2016}V\u{2016}  ", x: x, y: line.y, style: context.style(.muted), clip: line)
        }
        let legend: [(String, Theme.Series)] = [
            ("actual", .hsr), ("2(1\u{2212}p)\u{2016}V\u{2016}", .tested), ("certificate", .bound), ("paper", .naive),
        ]
        for (word, series) in legend {
            x = buffer.put(word, x: x, y: line.y, style: context.style(series, .bold), clip: line) + 2
        }
        buffer.put(
            "r, keys kept of \(Format.grouped(frame.n)) \(context.glyphs.right)", in: rect, row: rect.height - 1,
            align: .trailing, style: context.style(.muted))
    }

    /// The curves' names above them, apart from each other, where colour does not tell them apart.
    private func name(
        _ points: [ErrorCurves.Point], in plot: LogLogPlot, into buffer: inout Buffer, _ context: RenderContext
    ) {
        guard points.count >= 4 else { return }
        let middle = points.count / 2
        let names: [(String, ErrorCurves.Point, Double)] = [
            ("actual", points[0], points[0].actual),
            ("2(1\u{2212}p)\u{2016}V\u{2016}", points[middle / 2], points[middle / 2].massBound),
            ("certificate", points[middle], points[middle].certificate),
        ]
        for (word, point, value) in names where value > 0 {
            let x = min(plot.column(point.kept) + 1, plot.area.right - word.count)
            buffer.put(
                word, x: x, y: max(plot.area.y, plot.row(value) - 1), style: context.style(.text), clip: plot.area)
        }
        guard let paper = points.last(where: { ($0.paper ?? .infinity) <= plot.y.high }), let value = paper.paper else {
            return
        }
        let x = max(plot.area.x, plot.column(paper.kept) - 6)
        buffer.put(
            "paper", x: x, y: max(plot.area.y, plot.row(value) - 1), style: context.style(.text), clip: plot.area)
    }
}
