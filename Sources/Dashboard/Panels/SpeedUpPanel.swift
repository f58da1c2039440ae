import Screen

/// The one number that the back row can read, and under it what it is made of: the cost of dense and of sparse.
struct SpeedUpPanel: Panel {
    let title = RaceVerdict.measured(1).sentence

    func heading(_ context: RenderContext) -> String {
        SpeedUp(context.snapshot).map { RaceVerdict($0).sentence } ?? title
    }

    func note(_ context: RenderContext) -> String {
        SpeedUp(context.snapshot).map { "median of \($0.count)" } ?? ""
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let speedUp = SpeedUp(context.snapshot) else {
            buffer.put("not measured yet", in: rect, row: rect.height / 2, align: .centre, style: context.style(.muted))
            return
        }
        let bars = rect.height >= 6 ? 2 : 0
        let top = rect.inset(bottom: bars + (rect.height >= 9 ? 1 : 0))
        let verdict = RaceVerdict(speedUp)
        let text = verdict.figure
        let style = verdict.series.map { context.style($0, .bold) } ?? context.style(.muted, .bold)
        if let big = BigText.fitting(text, width: top.width, height: top.height, glyphs: context.glyphs.level) {
            let height = big.height(context.glyphs.level)
            big.draw(
                into: &buffer, x: top.x + (top.width - big.width) / 2, y: top.y + (top.height - height + 1) / 2,
                style: style, glyphs: context.glyphs)
        } else {
            buffer.put(text, in: top, row: top.height / 2, align: .centre, style: style)
        }
        guard bars > 0 else { return }
        let longest = max(speedUp.naive, speedUp.hsr)
        for (row, cost) in [("naive", Theme.Series.naive, speedUp.naive), ("HSR", .hsr, speedUp.hsr)].enumerated() {
            let line = Rect(x: rect.x, y: rect.bottom - 2 + row, width: rect.width, height: 1)
            buffer.put(cost.0, in: line, style: context.style(cost.1, .bold))
            buffer.put(Text.duration(cost.2), in: line, align: .trailing, style: context.style(.text))
            buffer.bar(
                cost.2 / longest, in: line.inset(left: 6, right: 9), style: context.style(cost.1),
                glyphs: context.glyphs)
        }
    }
}
