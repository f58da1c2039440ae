import Measurement
import Screen
import Simulation

/// The index's own cells at d = 2, where the query's descent ended.
struct CellOutlines {
    let map: GeometryMap

    func draw(into buffer: inout Buffer, _ context: RenderContext) {
        var canvas = DotCanvas(columns: map.area.width, rows: map.area.height, level: context.glyphs.level)
        // Without colour the outlines of what was dropped would hide the keys.
        let shown: [GeometryFrame.Cell.Fate] = FatePaint(context).isPlain ? [.whole] : [.pruned, .crossing, .whole]
        for fate in shown {
            let series: Theme.Series = fate == .pruned ? .pruned : fate == .crossing ? .tested : .whole
            let style = Style(context.theme[series])
            for cell in map.frame.cells where cell.fate == fate {
                let corners = cell.corners.map { corner in
                    (
                        x: Int(held: (map.x(corner.x) * Double(canvas.dotsAcross)).rounded(.down)),
                        y: Int(held: (map.y(corner.y) * Double(canvas.dotsDown)).rounded(.down))
                    )
                }
                for (from, to) in zip(corners, corners.dropFirst() + corners.prefix(1)) {
                    canvas.line(from: from, to: to, style)
                }
            }
        }
        canvas.draw(into: &buffer, x: map.area.x, y: map.area.y, clip: map.area)
    }
}
