import Screen

/// What stands in the caption's place for a moment when a chapter begins: its number in large digits, and its title.
struct ChapterCard {
    /// Seconds that it stands.
    static let seconds = 2.0

    func draw(into buffer: inout Buffer, rect: Rect, player: DemoPlayer, ground: Colour, context: RenderContext) {
        let inside = rect.inset(left: 3, right: 2)
        let number = "\(player.place.chapter + 1)"
        let title = context.style(.text, .bold).on(ground)
        guard
            let digits = BigText.fitting(
                number, width: inside.width / 4, height: inside.height, glyphs: context.glyphs.level)
        else {
            buffer.put(player.chapter.title, in: inside, row: inside.height / 2, align: .centre, style: title)
            return
        }
        let shown = spaced(player.chapter.title, within: inside.width - digits.width - 4)
        let wide = digits.width + 4 + DisplayWidth.of(shown)
        let left = inside.x + max(0, (inside.width - wide) / 2)
        let height = digits.height(context.glyphs.level)
        digits.draw(
            into: &buffer, x: left, y: inside.y + (inside.height - height) / 2,
            style: context.style(.accent, .bold).on(ground), glyphs: context.glyphs)
        let words = Rect(
            x: left + digits.width + 4, y: inside.y + inside.height / 2, width: inside.right - left - digits.width - 4,
            height: 1)
        buffer.put(shown, in: words, style: title, ellipsis: context.glyphs.ellipsis)
    }

    /// Letters apart, as titles are set, where there is room.
    private func spaced(_ title: String, within columns: Int) -> String {
        let wide = title.uppercased().map(String.init).joined(separator: " ")
        return DisplayWidth.of(wide) <= columns ? wide : title
    }
}
