import CNcurses
import Screen

extension Terminal {
    /// Shows a buffer: only what changed since the last one is sent, as one synchronised update.
    ///
    /// A buffer of another size than the window is shown from the upper left corner as far as it reaches.
    public func draw(_ buffer: Buffer) {
        guard isOpen else { return }
        // A terminal that is still busy with one picture gets the newest when it is done, none between.
        if let queue, !queue.push() {
            waiting = buffer
            return
        }
        waiting = nil
        write(buffer)
        if table.isExhausted {
            // All colour pairs are taken: begin again with those of this picture.
            table.reset()
            shown = nil
            write(buffer)
            clearok(hs_curscr(), true)
        }
        shown = buffer
        flush()
    }

    /// Sends the whole picture again with the next ``draw(_:)``: for ^L, and when something else wrote on the terminal.
    public func invalidate() {
        shown = nil
        clearok(hs_curscr(), true)
    }

    func flush() {
        if profile.synchronised { queue?.append("\u{1B}[?2026h") }
        wnoutrefresh(hs_stdscr())
        doupdate()
        queue?.collect()
        if profile.synchronised { queue?.append("\u{1B}[?2026l") }
        queue?.push()
    }

    private func write(_ buffer: Buffer) {
        let (width, height) = (min(buffer.width, size.width), min(buffer.height, size.height))
        let before = shown.flatMap { $0.width == buffer.width && $0.height == buffer.height ? $0 : nil }
        if before == nil { werase(hs_stdscr()) }
        var row: [cchar_t] = []
        row.reserveCapacity(width)
        for y in 0..<max(0, height) {
            guard var range = Self.changed(buffer, before, row: y, width: width) else { continue }
            // A change in the right half of a wide glyph is a change of the whole.
            while range.lowerBound > 0 && buffer[range.lowerBound, y].glyph.isContinuation {
                range = range.lowerBound - 1..<range.upperBound
            }
            row.removeAll(keepingCapacity: true)
            var x = range.lowerBound
            while x < range.upperBound {
                let cell = buffer[x, y]
                let wide = cell.glyph.width == 2
                if wide && x + 1 < width {
                    let out = table.cell(cell)
                    row.append(out)
                    // Where something narrow stands for it, its second column is blank.
                    if out.chars.0 != wchar_t(bitPattern: cell.glyph.base) {
                        row.append(table.cell(Cell(.space, cell.style)))
                    }
                    x += 2
                } else {
                    row.append(table.cell(wide ? Cell(.space, cell.style) : cell))
                    x += 1
                }
            }
            mvwadd_wchnstr(hs_stdscr(), Int32(y), Int32(range.lowerBound), row, Int32(row.count))
        }
    }

    /// The columns from the first to the last cell that differs; nil where the row is the same.
    private static func changed(_ buffer: Buffer, _ before: Buffer?, row y: Int, width: Int) -> Range<Int>? {
        guard let before else { return width > 0 ? 0..<width : nil }
        let (new, old) = (buffer.cells, before.cells)
        let start = y * buffer.width
        var first = 0
        while first < width && new[start + first] == old[start + first] { first += 1 }
        guard first < width else { return nil }
        var last = width - 1
        while new[start + last] == old[start + last] { last -= 1 }
        return first..<last + 1
    }
}
