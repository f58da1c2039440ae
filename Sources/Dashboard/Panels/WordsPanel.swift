import Measurement
import Screen
import Simulation

/// What the current query attends to: as running text around the heaviest words where there is room, else as a list.
struct WordsPanel: Panel {
    let title = "attends to"

    /// Rows from which the text around the words is shown.
    private static let roomForText = 4

    func note(_ context: RenderContext) -> String { context.snapshot.caption ?? "" }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let snapshot = context.snapshot
        guard rect.height >= Self.roomForText, let words = snapshot.words, !snapshot.attended.isEmpty else {
            return list(in: rect, into: &buffer, context)
        }
        let asks = buffer.put("query ", x: rect.x, y: rect.y, style: context.style(.muted), clip: rect)
        query(words, in: Rect(x: asks, y: rect.y, width: rect.right - asks, height: 1), into: &buffer, context)
        let strongest = max(Double(snapshot.attended.first?.share ?? 1), 1e-9)
        let shares = Dictionary(snapshot.attended.map { ($0.position, Double($0.share)) }) { a, _ in a }
        let rows = rect.inset(top: 1)
        // Words have some six letters with their space; the attended one stands about the middle.
        let around = max(2, (rows.width - 8) / 11)
        let excerpts = Excerpts(snapshot.attended, count: rows.height, around: around, of: snapshot.n).excerpts
        for (row, excerpt) in excerpts.enumerated() {
            let line = rows.row(row)
            buffer.put(
                Format.percent(excerpt.share), in: Rect(x: line.x, y: line.y, width: 6, height: 1), align: .trailing,
                style: context.style(.hsr))
            RunningText(excerpt.positions, word: words.key) { shares[$0].map { $0 / strongest } }
                .draw(
                    into: &buffer, x: line.x + 8, y: line.y, clip: line.inset(left: 8), style: context.style(.muted),
                    context)
        }
    }

    /// The word that asks, after those that asked before it.
    private func query(_ words: Words, in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let step = context.snapshot.step - 1
        let before = RunningText(max(0, step - 24)..<max(0, step), word: words.query)
        let own = context.snapshot.queryWord ?? ""
        // A piece of a word stands with what came before it.
        let word = "\u{201C}\(own.hasPrefix("##") ? "-" + own.dropFirst(2) : own)\u{201D}"
        let room = line.width - DisplayWidth.of(word) - 2
        var shown = ArraySlice(before.pieces)
        while !shown.isEmpty, shown.reduce(0, { $0 + RunningText.width($1, isFirst: false) }) > room {
            shown = shown.dropFirst()
        }
        var x = line.x
        for (i, piece) in shown.enumerated() {
            if piece.isWord, i > 0 { x += 1 }
            x = buffer.put(piece.text, x: x, y: line.y, style: context.style(.muted), clip: line)
        }
        buffer.put(word, x: x + (x > line.x ? 1 : 0), y: line.y, style: context.style(.accent, .bold), clip: line)
    }

    private func list(in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
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
