import Screen

/// The words that the current query attends to, heaviest first.
struct WordsPanel: Panel {
    let title = "attends to"

    func note(_ context: RenderContext) -> String { context.snapshot.caption ?? "" }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let snapshot = context.snapshot
        let query = snapshot.queryWord ?? ""
        var x = buffer.put("query ", x: rect.x, y: rect.y, style: context.style(.muted), clip: rect)
        x =
            buffer.put("\u{201C}\(query)\u{201D}", x: x, y: rect.y, style: context.style(.accent, .bold), clip: rect)
            + 2
        var y = rect.y
        if rect.height >= 4 {
            x = rect.x
            y += 1
        }
        let strongest = snapshot.attended.first.map { Double($0.share) } ?? 1
        for word in snapshot.attended {
            let share = Format.percent(Double(word.share))
            let width = word.word.count + share.count + 3
            if x + width > rect.right {
                x = rect.x
                y += 1
            }
            guard y < rect.bottom else { break }
            // Heavier words stand brighter.
            let weight = Double(word.share) / max(strongest, 1e-9)
            let style = Style(
                context.theme[.muted].mixed(with: context.theme[.text], weight), on: context.theme[.background],
                weight > 0.5 ? .bold : [])
            x = buffer.put(word.word, x: x, y: y, style: style, clip: rect) + 1
            x = buffer.put(share, x: x, y: y, style: context.style(.hsr), clip: rect) + 2
        }
        if snapshot.attended.isEmpty {
            buffer.put("nothing: no key reaches the threshold", x: x, y: y, style: context.style(.muted), clip: rect)
        }
    }
}
