import Screen

/// All chapters, to choose one.
struct ChapterList {
    private static func size(_ count: Int) -> (width: Int, height: Int) { (64, count + 4) }

    /// What lies inside the frame: drawing and the mouse agree on it.
    static func inside(_ area: Rect, count: Int) -> Rect {
        area.centred(width: size(count).width, height: size(count).height)
            .inset(left: 2, top: 1, right: 2, bottom: 1)
    }

    /// The chapters that have room, by their number, each with its row.
    static func rows(in inside: Rect, count: Int, selected: Int) -> [(number: Int, rect: Rect)] {
        let rows = max(1, inside.height - 2)
        let first = Box.first(of: count, around: selected, rows: rows)
        return (first..<min(count, first + rows)).map { ($0, inside.row($0 - first)) }
    }

    func draw(
        into buffer: inout Buffer, area: Rect, selected: Int, player: DemoPlayer, context: RenderContext
    ) {
        let chapters = player.demo.chapters
        let selected = min(max(selected, 0), chapters.count - 1)
        let box = Box.draw(
            in: area, width: Self.size(chapters.count).width, height: Self.size(chapters.count).height,
            title: player.demo.title, role: .accent, into: &buffer,
            context)
        for (number, line) in Self.rows(in: box, count: chapters.count, selected: selected) {
            let chapter = chapters[number]
            let isHere = number == player.place.chapter
            let mark = isHere ? "\(context.glyphs.marker)" : " "
            buffer.put(
                "\(mark) \(number + 1 < 10 ? " " : "")\(number + 1)  \(chapter.title)", in: line,
                style: context.style(isHere ? .accent : .text, isHere ? .bold : []), ellipsis: context.glyphs.ellipsis)
            if number == selected { buffer.restyle(line) { $0.attributes.insert(.reverse) } }
        }
        buffer.put(
            "↑ ↓ select   Enter goes there   Esc closes", in: box, row: box.height - 1, align: .centre,
            style: context.style(.muted))
    }
}
