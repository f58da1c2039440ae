import Screen

//  ▌ In a long text, almost every key is irrelevant to the query at hand.    ▀▀█ ▀█▀
//  ▌ Half-space reporting finds the ones that are not.                       █▄▄ ▄█▄
//  ▌ until reported == 0: 34 of 200 steps                                   reported

/// What the talk says, below the picture that it speaks about and never over it.
struct CaptionBand {
    /// The rows that it takes of a screen, the same for every caption so that nothing jumps.
    static func height(of screen: Int) -> Int { screen >= 50 ? 7 : screen >= 34 ? 5 : 3 }

    /// Columns of a line at most: short lines are read in one look.
    static let widest = 100

    func draw(into buffer: inout Buffer, rect: Rect, player: DemoPlayer, context: RenderContext) {
        let ground = context.theme[.background].mixed(with: context.theme[.border], 0.35)
        buffer.fill(rect, with: Cell(.space, context.style(.text).on(ground)))
        let bar = context.style(player.isLive ? .badge : .accent).on(ground)
        for y in rect.y..<rect.bottom { buffer[rect.x, y] = Cell(context.glyphs.fromLeft[bars(context)], bar) }
        guard !player.showsCard(at: context.state.now) else {
            ChapterCard().draw(into: &buffer, rect: rect, player: player, ground: ground, context: context)
            return
        }
        var inside = rect.inset(left: 3, right: 2)
        let words = text(player, context)
        if let number = CaptionNumber(player, words: words, in: inside, context) {
            number.draw(into: &buffer, rect: inside, ground: ground, context)
            inside = inside.inset(right: number.width)
        }
        // On a wide screen they stand in the middle.
        let lines = words.balanced(within: min(inside.width, Self.widest))
        let top = max(0, (rect.height - lines.count) / 2)
        let wide = lines.map { DisplayWidth.of($0) }.max() ?? 0
        let left = inside.width > 130 ? inside.x + (inside.width - wide) / 2 : inside.x
        for (row, line) in lines.prefix(rect.height).enumerated() {
            buffer.put(
                line, x: left, y: rect.y + top + row, style: context.style(.text, .bold).on(ground), clip: inside)
        }
        note(player, beside: lines, into: &buffer, inside, ground, context)
    }

    private func bars(_ context: RenderContext) -> Int { context.glyphs.level == .ascii ? 1 : 3 }

    private func text(_ player: DemoPlayer, _ context: RenderContext) -> String {
        let (width, height) = player.demo.size
        if context.state.width < width || context.state.height < height {
            return "This demo wants \(width) \(context.glyphs.cross) \(height) cells and has "
                + "\(context.state.width) \(context.glyphs.cross) \(context.state.height): enlarge the window."
        }
        guard player.isLive else { return player.caption.text }
        return "LIVE: the parameters are yours. Enter takes you back to \"\(player.chapter.title)\"."
    }

    /// What a condition came to, where it does not stand in the way of the words.
    private func note(
        _ player: DemoPlayer, beside lines: [String], into buffer: inout Buffer, _ rect: Rect, _ ground: Colour,
        _ context: RenderContext
    ) {
        guard !player.isLive, let condition = player.caption.condition else { return }
        let text: String
        if let step = player.met[player.place] {
            text = "\(context.glyphs.check) \(condition) after \(step) steps"
        } else if let under = player.position?.stretches.last, player.isShown {
            let limit = player.caption.stretches.last?.steps ?? 0
            text = "until \(condition): \(under.steps) of \(limit) steps"
        } else {
            return
        }
        let top = max(0, (rect.height - lines.count) / 2)
        let isFree = rect.height > top + lines.count
        let last = isFree ? 0 : DisplayWidth.of(lines.last ?? "")
        guard last + DisplayWidth.of(text) + 3 <= rect.width else { return }
        buffer.put(
            text, in: rect, row: rect.height - 1, align: .trailing, style: context.style(.good).on(ground))
    }
}

extension String {
    /// As few lines as fit, as even as they can be: no last word stands alone.
    func balanced(within columns: Int) -> [String] {
        let lines = wrapped(to: columns)
        guard lines.count > 1 else { return lines }
        var narrow = lines
        for width in stride(from: columns - 1, to: columns / 2, by: -1) {
            let next = wrapped(to: width)
            guard next.count == lines.count else { break }
            narrow = next
        }
        return narrow
    }
}
