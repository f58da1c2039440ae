import Policies
import Screen
import Simulation

/// The policies by rank, each with a strip over positions and its figures.
struct PoliciesPanel: Panel {
    let title = "who reads what"

    private static let policies = PolicyKind.allCases.count
    /// The frame, the axis above and the legend below.
    private static let rest = 4

    /// Lines for each policy in so many rows of the screen: a strip, words under it, and where there is much room a taller strip.
    static func lines(in height: Int) -> Int { min(max((height - rest) / policies, 1), 3) }

    static func height(lines: Int) -> Int { policies * lines + rest }

    func note(_ context: RenderContext) -> String {
        guard let frame = context.snapshot.policies, frame.looks > 0 else { return "" }
        return "medians of \(min(frame.looks, 24)), at \(Format.bytes(frame.budget)) a query"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.policies, frame.looks > 0 else {
            return buffer.put(
                centred: Self.sentence(context), in: rect.centred(width: min(rect.width, 56), height: rect.height),
                style: context.style(.text))
        }
        let columns = PolicyColumns(rect.width)
        let strip = PolicyStrip(frame, width: rect.width - PolicyColumns.name(rect.width) - columns.width)
        let x = rect.x + PolicyColumns.name(rect.width)
        header(frame, strip, columns, in: rect.row(0), x, into: &buffer, context)
        let room = rect.inset(top: 1, bottom: 1)
        let lines = max(1, min(3, room.height / Self.policies))
        for (i, row) in frame.ranked.enumerated() {
            let place = Rect(x: rect.x, y: room.y + i * lines, width: rect.width, height: lines)
            guard place.bottom <= room.bottom else { break }
            draw(row, strip, columns, in: place, x, into: &buffer, context)
        }
        legend(in: rect.row(rect.height - 1), into: &buffer, context)
    }

    private static func sentence(_ context: RenderContext) -> String {
        switch context.snapshot.policies?.phase {
        case .failed(let sentence): sentence
        case .building(let name) where !name.isEmpty: "every policy takes in the keys: \(name)"
        case nil where context.snapshot.step <= PoliciesFrame.queriesKnown && !context.snapshot.isPaused:
            "policies begin after \(PoliciesFrame.queriesKnown) steps"
        case .building, .running, nil: Waiting.sentence(context)
        }
    }

    private func header(
        _ frame: PoliciesFrame, _ strip: PolicyStrip, _ columns: PolicyColumns, in line: Rect, _ x: Int,
        into buffer: inout Buffer, _ context: RenderContext
    ) {
        let muted = context.style(.muted)
        buffer.put("0", x: x, y: line.y, style: muted)
        let end = Format.binary(frame.n)
        buffer.put(end, x: x + max(0, strip.width - end.count), y: line.y, style: muted)
        if let needle = frame.needle {
            let at = strip.column(of: needle)
            let word = "\(context.glyphs.down) needle"
            let start = min(max(0, at), max(0, strip.width - word.count))
            buffer.put(word, x: x + start, y: line.y, style: context.style(.accent, .bold))
        }
        for (column, place) in columns.places(in: line) {
            buffer.put(column.title, in: place, align: .trailing, style: muted)
        }
    }

    private func draw(
        _ row: PoliciesFrame.Row, _ strip: PolicyStrip, _ columns: PolicyColumns, in place: Rect, _ x: Int,
        into buffer: inout Buffer, _ context: RenderContext
    ) {
        let card = row.kind.card
        let isOurs = row.kind == .hsr || row.kind == .means
        let style = isOurs ? context.style(.hsr, .bold) : context.style(card.isOracle ? .muted : .text)
        let name = Rect(x: place.x, y: place.y, width: x - place.x - 1, height: 1)
        buffer.put(card.name, in: name, style: style, ellipsis: context.glyphs.ellipsis)
        if let least = row.outcome.least {
            let text = "needs \(Format.bytes(least)) at least: more than the budget"
            return buffer.put(
                text, in: Rect(x: x, y: place.y, width: place.right - x, height: 1), style: context.style(.muted),
                ellipsis: context.glyphs.ellipsis)
        }
        // Two lines of words leave the strip one line.
        let tall = place.height == 3 ? 2 : 1
        for line in 0..<tall { strip.draw(row, x: x, y: place.y + line, into: &buffer, context) }
        for (column, spot) in columns.places(in: place.row(0)) {
            let grade = ErrorGrade(relative: row.median.error)
            let figure = column == .error ? context.style(grade.role, .bold) : context.style(.text)
            buffer.put(column.text(row), in: spot, align: .trailing, style: figure)
        }
        guard place.height > 1 else { return }
        let facts =
            [row.note, card.words].filter { !$0.isEmpty } + row.parameters.map { "\($0.name) \($0.value)" }
        let words = Rect(x: x, y: place.y + tall, width: place.right - x, height: 1)
        buffer.put(
            Text.fitting(facts, between: "   ", width: words.width), in: words, style: context.style(.muted))
    }

    private func legend(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let entries: [(Cell, String)] = [
            (PolicyStrip.read(1, context), "read"), (PolicyStrip.missed(context), "the oracle's, missed"),
            (PolicyStrip.gone(context), "evicted for ever"),
        ]
        var x = line.x
        for (cell, word) in entries where x + word.count + 2 <= line.right {
            buffer[x, line.y] = cell
            x = buffer.put(word, x: x + 2, y: line.y, style: context.style(.muted)) + 3
        }
        let hint = "c r b: the budget"
        if x + hint.count <= line.right { buffer.put(hint, in: line, align: .trailing, style: context.style(.muted)) }
    }
}

/// The figures beside the strips: as many as there is room for.
struct PolicyColumns {
    enum Column: CaseIterable {
        case now, error, recall, mass, read, metadata

        var title: String {
            switch self {
            case .now: "now"
            case .error: "error"
            case .recall: "recall"
            case .mass: "mass"
            case .read: "bytes"
            case .metadata: "of it"
            }
        }

        func text(_ row: PoliciesFrame.Row) -> String {
            switch self {
            case .now: Text.error(row.outcome.error)
            case .error: Text.error(row.median.error)
            case .recall: Format.percent(row.median.recall)
            case .mass: Format.percent(row.median.mass)
            case .read: Format.compact(Double(row.median.bytes.total))
            case .metadata: "\(Format.compact(Double(row.median.bytes.metadata))) m"
            }
        }
    }

    let columns: [Column]
    private static let each = 8

    /// Columns for a panel of some width.
    init(_ width: Int) {
        columns = width >= 108 ? Column.allCases : [.error, .recall, .mass, .read]
    }

    /// The width of the names.
    static func name(_ width: Int) -> Int { width >= 108 ? 17 : 14 }

    var width: Int { columns.count * Self.each }

    /// Where each stands at the right of a line.
    func places(in line: Rect) -> [(Column, Rect)] {
        columns.enumerated().map { i, column in
            (
                column,
                Rect(
                    x: line.right - (columns.count - i) * Self.each + 1, y: line.y, width: Self.each - 1, height: 1)
            )
        }
    }
}
