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
            for hint in Self.hints(before: end, in: rect, isWide: isWide) {
                buffer.put(hint.text, in: hint.rect, style: context.style(.muted))
                end = min(end, hint.rect.x)
            }
        }
        bar(player, in: Rect(x: x, y: rect.y, width: end - 2 - x, height: 1), into: &buffer, context)
    }

    /// The keys to know before the clock, and what a click on each does.
    private static func hints(
        before end: Int, in rect: Rect, isWide: Bool
    ) -> [(text: String, action: Action, rect: Rect)] {
        var end = end
        return [("? help", Action.help), ("PgDn next", .demo(.next))].prefix(isWide ? 2 : 1).map { text, action in
            end -= text.count + 3
            return (text, action, Rect(x: end, y: rect.y, width: text.count, height: 1))
        }
    }

    /// What a click at a place of the line does; nil where no key stands.
    static func action(atX x: Int, y: Int, in rect: Rect, player: DemoPlayer, _ state: DashboardState) -> Action? {
        guard player.mode == .presented else { return nil }
        let isWide = state.width >= 100
        let clock = TalkClock(player, now: state.now)
        let end = rect.right - 1 - DisplayWidth.of(isWide ? clock.long : clock.text)
        return hints(before: end, in: rect, isWide: isWide).first { $0.rect.contains(x: x, y: y) }?.action
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
