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
        let names: [(name: String, series: Theme.Series, value: (ErrorCurves.Point) -> Double?)] = [
            ("paper", .naive, \.paper), ("certificate", .bound, { $0.certificate }),
            ("2(1\u{2212}p)\u{2016}V\u{2016}", .tested, { $0.massBound }), ("actual", .hsr, { $0.actual }),
        ]
        let margin = names.map { DisplayWidth.of($0.name) }.max() ?? 0
        var plot = LogLogPlot(
            in: rect.inset(top: message == nil ? 0 : 1, right: margin + 1, bottom: 1),
            x: LogAxis(low: 1, high: Double(max(2, frame.n))), y: y, context: context)
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
        var labels = LineLabels()
        var above = plot.area.y
        for (name, series, value) in names {
            let style = context.style(series, .bold)
            let curve = points.compactMap { point in value(point).map { (x: point.kept, y: $0) } }.filter { $0.y > 0 }
            plot.curve(curve, style)
            guard let end = curve.last(where: { y.contains($0.y) }) ?? curve.last else { continue }
            // Each of the three below is a bound on the next: where curves leave the picture below, their names keep that order.
            let row = max(plot.row(end.y), name == "paper" ? plot.area.y : above)
            if name != "paper" { above = row }
            labels.add(name, y: min(max(row, plot.area.y), plot.area.bottom - 1), style)
        }
        plot.draw(into: &buffer)
        for (i, guide) in guides.enumerated() {
            plot.drawWord(guide.1, at: guide.0, rowFromBelow: i, guide.2, into: &buffer)
        }

        if let message { buffer.put(message, in: rect, style: context.style(.text, .bold)) }
        labels.draw(
            in: Rect(x: plot.area.right + 1, y: plot.area.y, width: margin, height: plot.area.height), into: &buffer,
            ellipsis: context.glyphs.ellipsis)
        let axis = "r, keys kept of \(Format.grouped(frame.n)) \(context.glyphs.right)"
        let whole = "error / \u{2016}V\u{2016} against \(axis)"
        buffer.put(
            whole.count <= rect.width ? whole : axis, in: rect, row: rect.height - 1, align: .trailing,
            style: context.style(.muted))
    }
}
