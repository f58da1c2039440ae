import Screen

/// The bottom line: the keys to know, from the binding table; the last, quit, is never left out.
struct Footer {
    func draw(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let entries = BindingTable.standard.footer
        func width(_ entry: BindingTable.Entry) -> Int { entry.keys.count + entry.title.count + 4 }
        guard let last = entries.last else { return }
        var room = rect.width - 2 - width(last)
        let shown = entries.dropLast().prefix { entry in
            room -= width(entry)
            return room >= 0
        }
        var x = rect.x + 1
        for entry in shown + [last] {
            x = buffer.put(entry.keys, x: x, y: rect.y, style: context.style(.accent, .bold)) + 1
            x = buffer.put(entry.title, x: x, y: rect.y, style: context.style(.muted)) + 3
        }
    }
}
