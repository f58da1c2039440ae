import Foundation
import Screen
import Simulation

//  100 s ···············································╱  naive
//                                                 ╱ ────  1: tree
//    1 s ·································╱─────────────  2: net
//                               ╱──── 2 ┊
//   10 ms ··········╱──── 1  ┊  m* = 14.5k
//                    m* = 1.5k          ┊
//          1       100        10⁴        10⁶ queries

/// Time spent after m queries, the building of the index included: where a line falls below naive's it has paid, at
/// m* = T_init/(T_naive − T_query).
struct BreakEvenPanel: Panel {
    let title = "break-even"

    func note(_ context: RenderContext) -> String { "init and m queries, measured warm" }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.parts, frame.naive.median > 0, !frame.parts.isEmpty else {
            buffer.put(centred: "once a part has been raced", in: rect, style: context.style(.muted))
            return
        }
        let parts = frame.parts.filter { $0.refusal == nil }
        let farthest = parts.compactMap(\.breakEven).max() ?? 1000
        let x = LogAxis.decades(1, max(1000, farthest * 5))
        let naive = { (m: Double) in m * frame.naive.median }
        let y = LogAxis.decades(frame.naive.median, max(naive(x.high), parts.map(\.initSeconds).max() ?? 0))
        let names = parts.map { part in
            "\((frame.parts.firstIndex { $0.kind == part.kind } ?? 0) + 1): \(part.kind.rawValue)"
        }
        let margin = (names + ["naive"]).map(\.count).max() ?? 0
        var plot = LogLogPlot(in: rect.inset(right: margin + 1), x: x, y: y, context: context)
        guard plot.area.width >= 16, plot.area.height >= 3 else { return }
        plot.drawAxes(into: &buffer) { Text.tick($0).replacingOccurrences(of: " ", with: "") }
        for part in parts {
            guard let m = part.breakEven else { continue }
            plot.drawGuide(at: m, context.style(.border), into: &buffer)
        }
        func curve(_ cost: (Double) -> Double) -> [(x: Double, y: Double)] {
            (0...80).map { i in
                let m = x.low * pow(x.high / x.low, Double(i) / 80)
                return (m, cost(m))
            }
        }
        var labels = LineLabels()
        plot.curve(curve(naive), context.style(.naive, .bold))
        labels.add("naive", y: plot.row(naive(x.high)), context.style(.naive, .bold))
        for ((part, name), series) in zip(zip(parts, names), [Theme.Series.hsr, .bound]) {
            let cost = { (m: Double) in part.initSeconds + m * part.query.median }
            plot.curve(curve(cost), context.style(series, .bold))
            labels.add(name, y: plot.row(cost(x.high)), context.style(series, .bold))
        }
        plot.draw(into: &buffer)
        // The numbers stand on their lines, for screens without colour as well.
        for (number, part) in frame.parts.enumerated() where part.refusal == nil && part.initSeconds > y.low {
            buffer.put(
                "\(number + 1)", x: plot.area.x + 1 + 3 * number, y: plot.row(part.initSeconds),
                style: context.style(.text, .bold),
                clip: plot.area)
        }
        for (i, (part, series)) in zip(parts, [Theme.Series.hsr, .bound]).enumerated() {
            let word = part.breakEven.map { "m* = \(Format.compact($0.rounded(.up)))" } ?? "\(i + 1) never pays"
            plot.drawWord(
                word, at: part.breakEven ?? x.high, rowFromBelow: i, context.style(series, .bold), into: &buffer)
        }
        labels.draw(
            in: Rect(x: plot.area.right + 1, y: rect.y, width: margin, height: plot.area.height), into: &buffer,
            ellipsis: context.glyphs.ellipsis)
    }
}
