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
        guard let map = Self.map(frame, in: rect) else { return }
        let (area, strip) = (map.area, Self.strip(of: rect))
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
        if let grip = context.state.grip, rect.contains(x: grip.column, y: rect.y) {
            // Where the plane is to go: it is drawn there with the next step.
            for y in rect.y..<area.bottom + strip {
                buffer[grip.column, y] = Cell(
                    context.glyphs.mark, context.style(.focus, .bold).on(buffer[grip.column, y].style.background))
            }
        }
        ScoreStrip(map: map, cloud: cloud, paint: paint).draw(
            in: Rect(x: area.x, y: area.bottom, width: area.width, height: strip + 1), into: &buffer, context)
    }

    /// Rows of the histogram under the picture.
    private static func strip(of rect: Rect) -> Int { rect.height >= 26 ? 4 : rect.height >= 16 ? 2 : 0 }

    /// Where the plane of a frame stands in the panel; nil where there is no room for it.
    private static func map(_ frame: GeometryFrame, in rect: Rect) -> GeometryMap? {
        let area = rect.inset(top: 1, bottom: strip(of: rect) + 1)
        return area.width >= 8 && area.height >= 4 ? GeometryMap(frame, in: area) : nil
    }

    /// The plane on the screen of a state: drawing and the mouse agree on it.
    static func map(of state: DashboardState) -> GeometryMap? {
        guard state.view == .geometry, let frame = state.shown.geometry, frame.n > 0, frame.scorePerUnit > 0,
            frame.scorePerUnit.isFinite
        else { return nil }
        let area = ScreenAreas(state).view
        let places = state.view.view.layout(in: area, traits: LayoutTraits(state))
        let rect = state.isExpanded ? (state.focus == 0 ? area : nil) : places.first { $0.panel == 0 }?.rect
        return rect.flatMap { map(frame, in: $0.inset(left: 2, top: 1, right: 2, bottom: 1)) }
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
