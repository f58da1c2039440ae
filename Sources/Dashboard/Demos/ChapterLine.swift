import Screen

/// The bottom line of a demo: which chapter, a bar of all of them, the speaker's clock.
struct ChapterLine {
    func draw(into buffer: inout Buffer, rect: Rect, player: DemoPlayer, context: RenderContext) {
        let number = "\(player.place.chapter + 1)/\(player.demo.chapters.count)"
        var x = buffer.put(number, x: rect.x + 1, y: rect.y, style: context.style(.muted)) + 2
        let title = player.chapter.title.shortened(to: rect.width / 2 - 12, ellipsis: context.glyphs.ellipsis)
        x = buffer.put(title, x: x, y: rect.y, style: context.style(.accent, .bold)) + 2

        var end = rect.right - 1
        if player.mode == .presented {
            let clock = TalkClock(player, now: context.state.now)
            let isWide = context.state.width >= 100
            let time = isWide ? clock.long : clock.text
            end -= DisplayWidth.of(time)
            buffer.put(time, x: end, y: rect.y, style: context.style(clock.role, .bold), clip: rect)
            let hints = isWide ? "PgDn next   ? help   " : "? help   "
            end -= DisplayWidth.of(hints)
            buffer.put(hints, x: end, y: rect.y, style: context.style(.muted), clip: rect)
        }
        bar(player, in: Rect(x: x, y: rect.y, width: end - 2 - x, height: 1), into: &buffer, context)
    }

    /// A piece for each chapter; that under way is filled as far as its captions are.
    private func bar(_ player: DemoPlayer, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let count = player.demo.chapters.count
        guard rect.width >= count * 2 else { return }
        let isPlain = context.glyphs.level == .ascii
        for chapter in 0..<count {
            let from = rect.width * chapter / count
            let to = rect.width * (chapter + 1) / count - 1
            let done =
                chapter < player.place.chapter
                ? to - from
                : chapter > player.place.chapter
                    ? 0 : max(1, (to - from) * (player.place.caption + 1) / player.chapter.captions.count)
            for x in from..<max(from, to) {
                let isDone = x - from < done
                let style = context.style(isDone ? (chapter == player.place.chapter ? .accent : .muted) : .border)
                buffer[rect.x + x, rect.y] = Cell(isDone ? (isPlain ? "#" : "━") : (isPlain ? "-" : "─"), style)
            }
        }
    }
}
