import Screen

/// Names at the right ends of lines, moved apart where they would cover each other.
struct LineLabels {
    struct Label {
        /// Where it would stand: a row of the buffer.
        var y: Int
        var mark: Glyph?
        var text: String
        /// Of the text; a mark is always told by it too.
        var style: Style
    }

    var labels: [Label] = []

    mutating func add(_ text: String, y: Int, mark: Glyph? = nil, _ style: Style) {
        labels.append(Label(y: y, mark: mark, text: text, style: style))
    }

    func draw(in rect: Rect, into buffer: inout Buffer, ellipsis: Glyph) {
        // Of those at one height the one that was added first stands above.
        let sorted = labels.enumerated().sorted { ($0.element.y, $0.offset) < ($1.element.y, $1.offset) }
            .map(\.element).prefix(rect.height)
        var rows = sorted.map { min(max($0.y, rect.y), rect.bottom - 1) }
        for i in rows.indices.dropFirst() { rows[i] = max(rows[i], rows[i - 1] + 1) }
        // What was pushed out below comes back, and pushes upwards.
        var limit = rect.bottom - 1
        for i in rows.indices.reversed() {
            rows[i] = min(rows[i], limit)
            limit = rows[i] - 1
        }
        for (label, y) in zip(sorted, rows) {
            var line = Rect(x: rect.x, y: y, width: rect.width, height: 1)
            if let mark = label.mark {
                buffer[line.x, y] = Cell(mark, label.style)
                line = line.inset(left: 2)
            }
            buffer.put(label.text, in: line, style: label.style, ellipsis: ellipsis)
        }
    }
}
