import Screen

//  ┌ themes ────────────────┐
//  │ ▸ dark        ░▒▓█ ━ ━ │
//  │   light       ░▒▓█ ━ ━ │
//  └────────────────────────┘

/// All themes with their colours, at the right, so that the screen beside it shows the selected one.
struct ThemeList {
    private static let foot = ["↑ ↓ try   Enter keeps", "Esc: as before"]

    /// Where the list stands: drawing and the mouse agree on it.
    static func inside(_ area: Rect, count: Int) -> Rect {
        let size = (width: min(38, area.width), height: min(count + 4, area.height))
        let box = Rect(x: area.right - size.width, y: area.y, width: size.width, height: size.height)
        return box.inset(left: 2, top: 1, right: 2, bottom: 1)
    }

    /// The themes that have room, by their number, each with its row.
    static func rows(in inside: Rect, count: Int, selected: Int) -> [(number: Int, rect: Rect)] {
        let rows = max(1, inside.height - foot.count)
        let first = Box.first(of: count, around: selected, rows: rows)
        return (first..<min(count, first + rows)).map { ($0, inside.row($0 - first)) }
    }

    func draw(into buffer: inout Buffer, area: Rect, selected: Int, context: RenderContext) {
        let state = context.state
        let inside = Self.inside(area, count: state.themes.count)
        _ = Box.draw(
            in: inside.inset(left: -2, top: -1, right: -2, bottom: -1), width: area.width, height: area.height,
            title: "themes", role: .accent, into: &buffer, context)
        for (number, line) in Self.rows(in: inside, count: state.themes.count, selected: selected) {
            let theme = state.themes[number]
            let isKept = number == state.themeIndex
            buffer.put(
                "\(isKept ? "\(context.glyphs.marker)" : " ") \(theme.name)", in: line.inset(right: 13),
                style: context.style(isKept ? .accent : .text, isKept ? .bold : []), ellipsis: context.glyphs.ellipsis)
            if number == selected { buffer.restyle(line.inset(right: 13)) { $0.attributes.insert(.reverse) } }
            swatches(of: theme, in: line, into: &buffer, context)
        }
        for (row, text) in Self.foot.enumerated() {
            buffer.put(
                text, in: inside.row(inside.height - Self.foot.count + row), align: .centre,
                style: context.style(.muted))
        }
    }

    /// The heat ramp on the theme's own ground, and both lines of the race.
    private func swatches(of theme: Theme, in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard context.depth > .none else {
            return buffer.put(theme.kind.rawValue, in: line, align: .trailing, style: context.style(.muted))
        }
        let shown = theme.adapted(to: context.depth)
        let ground = Style(shown[.text], on: shown[.background])
        let place = Rect(x: line.right - 11, y: line.y, width: 11, height: line.height)
        buffer.fill(place, with: Cell(.space, ground))
        let ramp = Ramp(shown[.heat]) ?? .grey
        let cells =
            (1...5).map { Cell(context.glyphs.full, Style(ramp.colour(at: Double($0) / 5), on: shown[.background])) }
            + [Theme.Series.hsr, .naive].flatMap { series in
                [
                    Cell(.space, ground),
                    Cell(context.glyphs.line.horizontal, Style(shown[series], on: shown[.background], .bold)),
                ]
            }
        for (i, cell) in cells.enumerated() where place.height > 0 { buffer[place.x + 1 + i, place.y] = cell }
    }
}
