import Screen

/// The words of the view and the keys of the program, one page at a time; a key's line can be run.
struct HelpOverlay {
    /// A row of the page: a part of an item.
    private struct Row {
        var text: String
        var term = ""
        var item: HelpItems.Item
        /// The number of the item among those that can be selected.
        var number: Int?
    }

    /// Where the rows stand: drawing and the mouse agree on it.
    private struct Layout {
        var size: (width: Int, height: Int)
        var inside: Rect
        var selected: Int
        var places: [(row: Row, rect: Rect)]

        init(_ items: [HelpItems.Item], page: HelpPage, area: Rect) {
            let isList = page.tab == .keys || page.search?.isEmpty == false
            let columns = area.width >= 130 ? 2 : 1
            let width = min(area.width - 2, isList && columns == 1 ? 90 : 96 * columns)
            let rows = HelpOverlay.rows(items, width: (width - 4) / columns - 1)
            selected = min(page.selected, (rows.last { $0.number != nil }?.number ?? 0))
            size = (width, min((rows.count + columns - 1) / columns + 4, area.height - 2))
            inside = area.centred(width: size.width, height: size.height)
                .inset(left: 2, top: 1, right: 2, bottom: 1)
            let room = max(1, inside.height - 1)
            let shown = room * columns
            let place = rows.firstIndex { [selected] in $0.number == selected } ?? 0
            // The top stays as long as the selected line is seen with it.
            let first =
                rows.count <= shown || selected == 0 ? 0 : max(0, min(place - shown / 2, rows.count - shown))
            let wide = inside.width / columns
            places = rows.dropFirst(first).prefix(shown).enumerated().map { [inside] i, row in
                let corner = (x: inside.x + i / room * wide, y: inside.y + i % room)
                return (row, Rect(x: corner.x, y: corner.y, width: wide - 1, height: 1))
            }
        }
    }

    /// What lies inside the frame, and the lines that can be selected. Of the words none can be run, and none is told.
    static func list(of state: DashboardState, page: HelpPage) -> (inside: Rect, rows: [(number: Int, rect: Rect)]) {
        let area = Rect(x: 0, y: 0, width: state.width, height: state.height)
        let layout = Layout(HelpItems(state, page: page).items, page: page, area: area)
        guard page.tab == .keys || page.search?.isEmpty == false else { return (area.inset(left: 4, right: 4), []) }
        return (layout.inside, layout.places.compactMap { place in place.row.number.map { ($0, place.rect) } })
    }

    func draw(into buffer: inout Buffer, area: Rect, page: HelpPage, context: RenderContext) {
        let view = context.state.view
        let items = HelpItems(page, view: view, reading: view.view.reading(context), lines: buffer.plainLines).items
        let layout = Layout(items, page: page, area: area)
        let box = Box.draw(
            in: area, width: layout.size.width, height: layout.size.height, title: title(page), role: .accent,
            into: &buffer, context)
        for (row, slot) in layout.places {
            draw(row, in: slot, isSelected: row.number == layout.selected, into: &buffer, context)
        }
        buffer.put(
            foot(page), in: box, row: box.height - 1, align: .centre, style: context.style(.muted),
            ellipsis: context.glyphs.ellipsis)
    }

    private func title(_ page: HelpPage) -> String {
        if page.isPalette { return ": \(page.search ?? "")_" }
        if let search = page.search { return "search: \(search)\(page.isTyping ? "_" : "")" }
        return page.tab == .words ? "words" : "keys"
    }

    private func foot(_ page: HelpPage) -> String {
        if page.isPalette { return "letters narrow the list   ↑ ↓ select   Enter runs it   Esc closes" }
        if page.isTyping { return "letters search words and keys   Enter selects   Esc ends the search" }
        let other = page.tab == .words ? "keys" : "words"
        return "Tab \(other)   / search   ↑ ↓ select   Enter runs it   Esc closes   q quits"
    }

    private static func rows(_ items: [HelpItems.Item], width: Int) -> [Row] {
        var rows: [Row] = []
        var number = -1
        for item in items {
            switch item {
            case .heading(let text):
                if !rows.isEmpty { rows.append(Row(text: "", item: item)) }
                rows.append(Row(text: text, item: item))
            case .paragraph(let text):
                rows += text.wrapped(to: width - 2).map { Row(text: $0, item: item) }
            case .word(let entry):
                number += 1
                let lines = entry.meaning.wrapped(to: max(10, width - Self.indent))
                for (i, line) in lines.enumerated() {
                    rows.append(Row(text: line, term: i == 0 ? entry.term : "", item: item, number: number))
                }
            case .binding(let binding):
                number += 1
                rows.append(Row(text: binding.title, item: item, number: number))
            }
        }
        return rows
    }

    /// Columns of a word, and of a key.
    private static let (indent, keys) = (17, 11)

    private func draw(
        _ row: Row, in slot: Rect, isSelected: Bool, into buffer: inout Buffer, _ context: RenderContext
    ) {
        switch row.item {
        case .heading:
            buffer.put(row.text, in: slot, style: context.style(.text, row.text.isEmpty ? [] : [.bold, .underline]))
        case .paragraph:
            buffer.put(row.text, in: slot.inset(left: 2), style: context.style(.text))
        case .word:
            buffer.put(
                row.term, in: Rect(x: slot.x + 2, y: slot.y, width: Self.indent - 3, height: 1),
                style: context.style(.accent, .bold), ellipsis: context.glyphs.ellipsis)
            buffer.put(
                row.text, in: slot.inset(left: Self.indent), style: context.style(.text),
                ellipsis: context.glyphs.ellipsis)
        case .binding(let binding):
            let refusal = binding.action.refusal(in: context.state)
            let keys = binding.keys.map(\.label).joined(separator: " ")
            buffer.put(
                keys, in: Rect(x: slot.x + 2, y: slot.y, width: 8, height: 1),
                style: context.style(refusal == nil ? .accent : .muted, .bold))
            buffer.put(
                row.text, in: slot.inset(left: Self.keys), style: context.style(refusal == nil ? .text : .muted),
                ellipsis: context.glyphs.ellipsis)
        }
        if isSelected { buffer.restyle(slot) { $0.attributes.insert(.reverse) } }
    }
}
