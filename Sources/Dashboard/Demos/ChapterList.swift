import Screen

/// All chapters, to choose one.
struct ChapterList {
    func draw(
        into buffer: inout Buffer, area: Rect, selected: Int, player: DemoPlayer, context: RenderContext
    ) {
        let chapters = player.demo.chapters
        let selected = min(max(selected, 0), chapters.count - 1)
        let box = Box.draw(
            in: area, width: 64, height: chapters.count + 4, title: player.demo.title, role: .accent, into: &buffer,
            context)
        let rows = max(1, box.height - 2)
        let first = min(max(0, selected - rows / 2), max(0, chapters.count - rows))
        for (row, chapter) in chapters.dropFirst(first).prefix(rows).enumerated() {
            let number = first + row
            let line = box.row(row)
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
