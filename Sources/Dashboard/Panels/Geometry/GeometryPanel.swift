import Screen
import Simulation

//  score < b                │ score ≥ b
//        ⠠⡀ ⢀               │
//     ⡀⢄⣤⣶⣿⣿⣶⣤⡀    ++++     │ ●●●●
//    ⢠⣾⣿⣿⣿⣿⣿⣿⣿⣷⣄  +++++++   │ ●●●●● ●
//     ⠙⠿⣿⣿⣿⣿⡿⠟⠁    ++++     │ ●●          ▸ q
//        ⠈⠉⠁                │
//  ▁▂▃▄▅▆▇███▇▆▅▄▃▃▂▂▂▂▁▁▁▁▁│▁▁▁▁           keys by score
//  -4        -2        0    b    4

/// The keys in the plane of the query and the widest direction beside it; the half-space is what lies right of a line.
struct GeometryPanel: Panel {
    let title = "geometry"

    func note(_ context: RenderContext) -> String {
        guard let frame = context.snapshot.geometry else { return "" }
        return frame.outside > 0
            ? "keys seen along the query, \(Format.grouped(frame.outside)) beyond the edge"
            : "keys seen along the query"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.geometry, frame.n > 0 else {
            buffer.put(centred: Waiting.sentence(context), in: rect, style: context.style(.muted))
            return
        }
        let strip = rect.height >= 26 ? 4 : rect.height >= 16 ? 2 : 0
        let area = rect.inset(top: 1, bottom: strip + 1)
        guard area.width >= 8, area.height >= 4 else { return }
        let map = GeometryMap(frame, in: area)
        let paint = FatePaint(context)
        // Outlines stand on a ground; where there is no colour for one, between the dots.
        let isWashed = !frame.cells.isEmpty && context.depth >= .palette256
        let isBraille = context.glyphs.level == .braille
        let cloud = context.cache.cloud(
            map, dots: isBraille && !isWashed ? (2, 4) : (1, 1),
            perCell: isWashed && context.glyphs.halves != nil ? 2 : 1)
        let painter = CloudPainter(map: map, cloud: cloud, paint: paint, context: context)
        if isWashed { painter.wash(into: &buffer) } else { painter.dots(into: &buffer) }
        CellOutlines(map: map).draw(into: &buffer, context)
        QueryTrail(map: map).draw(into: &buffer, context)
        halfSpace(map, in: rect, to: area.bottom + strip, into: &buffer, context)
        ScoreStrip(map: map, cloud: cloud, paint: paint).draw(
            in: Rect(x: area.x, y: area.bottom, width: area.width, height: strip + 1), into: &buffer, context)
    }

    private func halfSpace(
        _ map: GeometryMap, in rect: Rect, to bottom: Int, into buffer: inout Buffer, _ context: RenderContext
    ) {
        let line = map.frame.line
        let x = map.x(line)
        let style = context.style(.accent, .bold)
        let (below, above) = ("score < b", "score \u{2265} b")
        guard line.isFinite, x >= 0, x < Double(map.area.width) else {
            let isRight = !line.isFinite ? map.frame.line > 0 : x >= 0
            let text =
                isRight
                ? "b lies beyond the edge: nothing is reported \(context.glyphs.right)"
                : "\(context.glyphs.left) b lies beyond the edge: all is reported"
            buffer.put(
                text, in: rect, align: isRight ? .trailing : .leading, style: style, ellipsis: context.glyphs.ellipsis)
            return
        }
        let column = map.area.x + Int(x)
        for y in rect.y..<bottom {
            buffer[column, y] = Cell(
                glyph(at: x - x.rounded(.down), context), style.on(buffer[column, y].style.background))
        }
        // Each label stands on its side of the line, or is left out.
        let left = Rect(x: rect.x, y: rect.y, width: column - 1 - rect.x, height: 1)
        let right = Rect(x: column + 2, y: rect.y, width: rect.right - column - 2, height: 1)
        if left.width >= below.count { buffer.put(below, in: left, align: .trailing, style: context.style(.muted)) }
        let long = "\(above): in the half-space"
        if let text = [long, above, "\u{2265} b"].first(where: { $0.count <= right.width }) {
            buffer.put(text, in: right, style: style)
        }
    }

    /// A vertical line in the part of the cell where it belongs.
    private func glyph(at part: Double, _ context: RenderContext) -> Glyph {
        guard context.glyphs.level > .ascii else { return context.glyphs.line.vertical }
        return part < 0.3 ? "\u{258F}" : part > 0.7 ? "\u{2595}" : context.glyphs.line.vertical
    }
}
