import Screen

/// The bottom line: the keys to know, from the binding table; the last, quit, is never left out.
struct Footer {
    /// An entry and where it stands: drawing and the mouse agree on it.
    struct Place {
        var entry: BindingTable.Entry
        /// What stands behind it: one key, or several of a kind.
        var bindings: [Binding]
        var rect: Rect
    }

    /// The entries that have room in a line.
    static func places(in rect: Rect) -> [Place] {
        let table = BindingTable.standard
        let entries = Array(zip(table.footer, table.footerRuns))
        func width(_ entry: BindingTable.Entry) -> Int { entry.keys.count + 1 + entry.title.count }
        guard let last = entries.last else { return [] }
        var room = rect.width - 5 - width(last.0)
        let shown = entries.dropLast().prefix { entry, _ in
            room -= width(entry) + 3
            return room >= 0
        }
        var x = rect.x + 1
        return (shown + [last]).map { entry, bindings in
            defer { x += width(entry) + 3 }
            return Place(
                entry: entry, bindings: bindings, rect: Rect(x: x, y: rect.y, width: width(entry), height: rect.height))
        }
    }

    func draw(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        for place in Self.places(in: rect) {
            let x = buffer.put(place.entry.keys, x: place.rect.x, y: rect.y, style: context.style(.accent, .bold)) + 1
            buffer.put(place.entry.title, x: x, y: rect.y, style: context.style(.muted))
        }
    }
}
