import Evaluation
import Foundation
import Screen
import Simulation

/// The mass that a head loses where only its largest keys are kept: of the head shown and the one under the cursor, on the
/// same axes.
struct HeadCurvesPanel: Panel {
    let title = "mass left out by keys kept"

    func note(_ context: RenderContext) -> String { "softmax" }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let grid = HeadGrid(context.state) else { return }
        guard context.snapshot.settings.workload == .trace else {
            let sentence = "A trace has these curves: press w, or make one with Demos/export_qkv.py."
            return buffer.put(centred: sentence, in: rect, style: context.style(.muted))
        }
        let spots = [(grid.shown, Theme.Series.hsr)] + (grid.isElsewhere ? [(grid.cursor, .naive)] : [])
        let heads = spots.compactMap { spot, series in
            context.snapshot.survey?.figures[.init(layer: grid.layers[spot.row].number, head: spot.head)]
                .map { (spot, series, $0) }
        }
        guard rect.height >= 4, let n = heads.map(\.2.keys).max(), n > 1 else {
            if heads.isEmpty { buffer.put(centred: Self.waiting(context), in: rect, style: context.style(.muted)) }
            return
        }
        let left = heads.flatMap { $0.2.massLeft.filter { $0 > 1e-6 } }
        let y = LogAxis.decades(max(left.min() ?? 0.1, 1e-4), 1)
        var plot = LogLogPlot(
            in: rect.inset(top: 1), x: LogAxis(low: 1, high: Double(n)), y: y, context: context)
        plot.drawAxes(into: &buffer)
        let guide = pow(Double(n), 0.8)
        plot.drawGuide(at: guide, context.style(.muted), into: &buffer)
        for (_, series, head) in heads {
            plot.curve(Self.curve(head, floor: y.low), context.style(series, .bold))
        }
        plot.draw(into: &buffer)
        plot.drawWord("n^0.8", at: guide, rowFromBelow: 0, context.style(.muted), into: &buffer)
        legend(heads.map { ($0.0, $0.1) }, grid, in: rect.row(0), into: &buffer, context)
        guard context.depth == .none || context.theme.kind == .mono else { return }
        // Where colour does not tell them apart, each says which it is.
        for (i, (_, _, head)) in heads.enumerated() {
            let points = Self.curve(head, floor: y.low)
            guard !points.isEmpty else { continue }
            let point = points[min(points.count - 1, points.count * (i + 1) / 3)]
            buffer.put(
                i == 0 ? "shown" : "cursor", x: plot.column(point.x) + 1, y: max(plot.area.y, plot.row(point.y)),
                style: context.style(.text), clip: plot.area)
        }
    }

    private static func curve(_ head: HeadFigures, floor: Double) -> [(x: Double, y: Double)] {
        head.massLeft.enumerated().filter { $0.element > floor / 10 }.map { (exp2(Double($0.offset)), $0.element) }
    }

    private static func waiting(_ context: RenderContext) -> String {
        HeadsPanel.progress(context) ?? Waiting.sentence(context)
    }

    private func legend(
        _ heads: [(HeadsState.Spot, Theme.Series)], _ grid: HeadGrid, in line: Rect, into buffer: inout Buffer,
        _ context: RenderContext
    ) {
        var x = line.x
        for (spot, series) in heads {
            let name = spot == grid.shown ? "shown" : "cursor"
            x =
                buffer.put(
                    "\(name) \(grid.layers[spot.row].number)/\(spot.head)", x: x, y: line.y,
                    style: context.style(series, .bold), clip: line) + 3
        }
        buffer.put(
            "keys \(context.glyphs.right)", in: line, align: .trailing, style: context.style(.muted))
    }
}
