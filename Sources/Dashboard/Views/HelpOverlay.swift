import Screen

/// All keys, from the binding table, group by group; the selected line can be run.
struct HelpOverlay {
    private enum Line {
        case group(String)
        case binding(Int, Binding)
    }

    func draw(into buffer: inout Buffer, area: Rect, selected: Int, context: RenderContext) {
        let bindings = BindingTable.standard.helpLines
        let selected = min(selected, bindings.count - 1)
        var lines: [Line] = []
        for (i, binding) in bindings.enumerated() {
            if i == 0 || bindings[i - 1].group != binding.group { lines.append(.group(binding.group.rawValue)) }
            lines.append(.binding(i, binding))
        }
        let wide = area.width >= 130
        let columns = wide ? 2 : 1
        let tall = min((lines.count + columns - 1) / columns + 3, area.height - 2)
        let box = Box.draw(
            in: area, width: min(area.width - 2, 90 * columns), height: tall, title: "keys", role: .accent,
            into: &buffer, context)
        let rows = box.height - 1
        let place = lines.firstIndex { if case .binding(selected, _) = $0 { true } else { false } } ?? 0
        // Whole pages of columns, scrolled so that the selected line is seen.
        let shown = rows * columns
        let first = lines.count <= shown ? 0 : min(max(0, place - shown / 2), lines.count - shown)
        for (i, line) in lines.dropFirst(first).prefix(shown).enumerated() {
            let width = box.width / columns
            let slot = Rect(
                x: box.x + i / max(1, rows) * width, y: box.y + i % max(1, rows), width: width - 1, height: 1)
            draw(line, in: slot, selected: selected, into: &buffer, context)
        }
        buffer.put(
            "↑ ↓ select   Enter runs it   Esc closes   q quits", in: box, row: box.height - 1, align: .centre,
            style: context.style(.muted))
    }

    private func draw(
        _ line: Line, in slot: Rect, selected: Int, into buffer: inout Buffer, _ context: RenderContext
    ) {
        switch line {
        case .group(let name):
            buffer.put(name, in: slot, style: context.style(.text, [.bold, .underline]))
        case .binding(let number, let binding):
            let refusal = binding.action.refusal(in: context.state)
            let keys = binding.keys.map(\.label).joined(separator: " ")
            buffer.put(
                keys, in: Rect(x: slot.x + 2, y: slot.y, width: 8, height: 1),
                style: context.style(refusal == nil ? .accent : .muted, .bold))
            let text = slot.inset(left: 11)
            buffer.put(
                binding.title, in: text, style: context.style(refusal == nil ? .text : .muted),
                ellipsis: context.glyphs.ellipsis)
            if number == selected { buffer.restyle(slot) { $0.attributes.insert(.reverse) } }
        }
    }
}
