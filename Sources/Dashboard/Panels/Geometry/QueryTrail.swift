import Foundation
import Measurement
import Screen
import Simulation

/// Where the last queries pointed, seen from the middle; the newest points to the right by the choice of the plane.
struct QueryTrail {
    let map: GeometryMap

    /// Queries back that the path reaches.
    private static let trailLength = 12

    func draw(into buffer: inout Buffer, _ context: RenderContext) {
        let frame = map.frame
        let radius = 0.94 * Double(frame.rows) * frame.unit / 2
        var canvas = DotCanvas(columns: map.area.width, rows: map.area.height, level: context.glyphs.level)
        let shown = Array(frame.trail.suffix(Self.trailLength)) + [(x: 1, y: 0)]
        let points = shown.map { point in
            (
                x: Int(held: map.x(frame.middle.x + radius * point.x) * Double(canvas.dotsAcross)),
                y: Int(held: map.y(frame.middle.y + radius * point.y) * Double(canvas.dotsDown))
            )
        }
        for (i, (from, to)) in zip(points, points.dropFirst()).enumerated()
        where context.glyphs.level > .ascii {
            // Queries that jump leave no path.
            guard hypot(shown[i + 1].x - shown[i].x, shown[i + 1].y - shown[i].y) < 0.6 else { continue }
            // The older, the fainter.
            let age = Double(points.count - 2 - i) / Double(max(1, points.count - 1))
            let colour = context.theme[.accent].mixed(with: context.theme[.background], 0.1 + 0.5 * age)
            canvas.line(from: from, to: to, Style(colour))
        }
        canvas.draw(into: &buffer, x: map.area.x, y: map.area.y, clip: map.area)
        let tip = Rect(
            x: map.area.x + Int(held: map.x(frame.middle.x + radius)), y: map.area.y + Int(held: map.y(frame.middle.y)),
            width: 3,
            height: 1)
        buffer.put(
            "\(context.glyphs.marker.text)q", x: tip.x, y: tip.y, style: context.style(.accent, .bold), clip: map.area)
    }
}
