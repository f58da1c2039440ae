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

    func draw(into buffer: inout Buffer, area: Rect, page: HelpPage, context: RenderContext) {
        let view = context.state.view
        let items = HelpItems(page, view: view, reading: view.view.reading(context), lines: buffer.plainLines).items
        let isList = page.tab == .keys || page.search?.isEmpty == false
        let columns = area.width >= 130 ? 2 : 1
        let width = min(area.width - 2, isList && columns == 1 ? 90 : 96 * columns)
        let rows = rows(items, width: (width - 4) / columns - 1)
        let selected = min(page.selected, (rows.last { $0.number != nil }?.number ?? 0))
        let tall = min((rows.count + columns - 1) / columns + 4, area.height - 2)
        let box = Box.draw(
            in: area, width: width, height: tall, title: title(page), role: .accent, into: &buffer, context)
        let room = max(1, box.height - 1)
        let shown = room * columns
        let place = rows.firstIndex { $0.number == selected } ?? 0
        // The top stays as long as the selected line is seen with it.
        let first = rows.count <= shown || selected == 0 ? 0 : max(0, min(place - shown / 2, rows.count - shown))
        for (i, row) in rows.dropFirst(first).prefix(shown).enumerated() {
            let wide = box.width / columns
            let slot = Rect(x: box.x + i / room * wide, y: box.y + i % room, width: wide - 1, height: 1)
            draw(row, in: slot, isSelected: row.number == selected, into: &buffer, context)
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

    private func rows(_ items: [HelpItems.Item], width: Int) -> [Row] {
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
