import Foundation
import Screen
import Simulation

//  100 s ···············································╱ naive
//                                                 ╱ ──── 1: tree
//    1 s ·································╱────────────── 2: net
//                               ╱──── 2 ┊
//   10 ms ··········╱──── 1  ┊          ┊
//          1       100      1.5k      14.5k     10⁶ queries

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
        var plot = LogLogPlot(in: rect.inset(top: 1), x: x, y: y, context: context)
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
        plot.curve(curve(naive), context.style(.naive, .bold))
        for (part, series) in zip(parts, [Theme.Series.hsr, .bound]) {
            plot.curve(curve { part.initSeconds + $0 * part.query.median }, context.style(series, .bold))
        }
        plot.draw(into: &buffer)
        // The numbers stand on their lines, for screens without colour as well.
        for (number, part) in frame.parts.enumerated() where part.refusal == nil && part.initSeconds > y.low {
            buffer.put(
                "\(number + 1)", x: plot.area.x + 1 + 3 * number, y: plot.row(part.initSeconds),
                style: context.style(.text, .bold),
                clip: plot.area)
        }
        legend(frame, in: rect.row(0), into: &buffer, context)
    }

    private func legend(
        _ frame: PartsFrame, in line: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        var x = buffer.put("naive", x: line.x, y: line.y, style: context.style(.naive, .bold), clip: line) + 3
        let parts = frame.parts.enumerated().filter { $0.element.refusal == nil }
        for ((number, part), series) in zip(parts, [Theme.Series.hsr, .bound]) {
            let paid = part.breakEven.map { "m* = \(Format.compact($0.rounded(.up)))" } ?? "never pays"
            x =
                buffer.put(
                    "\(number + 1): \(part.kind.rawValue), \(paid)", x: x, y: line.y,
                    style: context.style(series, .bold),
                    clip: line) + 3
        }
    }
}
