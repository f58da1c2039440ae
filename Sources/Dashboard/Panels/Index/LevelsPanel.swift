import Screen
import Simulation

/// What a query met in the index, level by level: pruned, crossing and whole nodes.
struct LevelsPanel: Panel {
    let title = "levels"

    func note(_ context: RenderContext) -> String {
        guard let frame = context.snapshot.levels else { return "nodes visited" }
        return "\(frame.kind.rawValue), step \(Format.grouped(frame.step)), nodes visited"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let levels = Self.levels(context)
        guard !levels.isEmpty, rect.height >= 3 else {
            buffer.put(
                context.snapshot.statistics.map { "the \($0.kind.rawValue) index has no nodes: it reads every key" }
                    ?? "",
                in: rect, row: rect.height / 2, align: .centre, style: context.style(.muted))
            return
        }
        legend(in: rect.row(0), into: &buffer, context)
        if rect.width >= 42 { buffer.put("visited", in: rect, align: .trailing, style: context.style(.muted)) }
        let facts = rect.height >= 14 ? Self.facts(levels, context) : []
        let rows = rect.inset(top: 1, bottom: facts.isEmpty ? 0 : facts.count + 1)
        // More levels than rows: the last ones, where the work is. Fewer: taller bars.
        let shown = levels.suffix(rows.height)
        let tall = max(1, min(3, rows.height / max(1, shown.count)))
        let most = max(1, shown.map(\.visited).max() ?? 1)
        for (row, level) in shown.enumerated() {
            let line = rows.row(row * tall)
            buffer.put(
                levels.count == 1 ? "all" : String(levels.count - shown.count + row),
                in: Rect(x: line.x, y: line.y, width: 3, height: 1), align: .trailing, style: context.style(.muted))
            for thick in 0..<max(1, tall - 1) {
                bar(level, of: most, in: rows.row(row * tall + thick).inset(left: 4, right: 8), into: &buffer, context)
            }
            buffer.put(
                Format.grouped(level.visited), in: line, align: .trailing, style: context.style(.text))
        }
        for (i, fact) in facts.enumerated() {
            let line = rect.row(rect.height - facts.count + i)
            buffer.put(fact.0, in: line, style: context.style(.muted))
            buffer.put(fact.1, in: line, align: .trailing, style: context.style(fact.2, .bold))
        }
    }

    /// What became of all keys, in sums.
    private static func facts(
        _ levels: [LevelsFrame.Level], _ context: RenderContext
    ) -> [(String, String, Theme.Series)] {
        guard let last = context.snapshot.history.last, last.n > 0 else { return [] }
        func share(_ count: Int) -> String {
            "\(Format.grouped(count))  \(Format.percent(Double(count) / Double(last.n)))"
        }
        let visited = levels.reduce(0) { $0 + $1.visited }
        let all = levels.reduce(0) { $0 + $1.nodes }
        return [
            ("nodes visited of all", "\(Format.grouped(visited)) of \(Format.grouped(all))", .bound),
            ("keys tested one by one", share(last.work.candidates), .tested),
            ("keys reported in whole nodes", share(last.work.wholeKeys), .whole),
            ("keys reported", share(last.reported), .reported),
            ("keys never looked at", share(max(0, last.n - last.work.candidates - last.work.wholeKeys)), .naive),
        ]
    }

    /// The levels looked at, or, where the engine keeps none, the whole query as one.
    private static func levels(_ context: RenderContext) -> [LevelsFrame.Level] {
        if let frame = context.snapshot.levels { return frame.levels }
        guard let work = context.snapshot.history.last?.work, work.visited > 0 else { return [] }
        return [
            .init(
                nodes: work.visited, visited: work.visited, pruned: work.pruned, whole: work.whole,
                tested: work.candidates)
        ]
    }

    private func bar(
        _ level: LevelsFrame.Level, of most: Int, in line: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        var x = line.x
        var done = 0
        // Ends are rounded from running sums, so that the parts fill the bar.
        for (count, series) in [(level.pruned, Theme.Series.pruned), (level.crossing, .tested), (level.whole, .whole)] {
            done += count
            let end = line.x + Int((Double(done) / Double(most) * Double(line.width)).rounded())
            let shown = count > 0 && end == x && x < line.right ? x + 1 : end
            let glyph = context.depth == .none ? Self.plain(series, context) : context.glyphs.full
            while x < shown {
                buffer[x, line.y] = Cell(glyph, context.style(series))
                x += 1
            }
        }
    }

    /// Told apart without colour.
    private static func plain(_ series: Theme.Series, _ context: RenderContext) -> Glyph {
        let shades = context.glyphs.shades
        switch series {
        case .pruned: return shades[1]
        case .tested: return shades[shades.count / 2]
        default: return context.glyphs.full
        }
    }

    private func legend(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        var x = line.x + 4
        for (word, series) in [("pruned", Theme.Series.pruned), ("crossing", .tested), ("whole", .whole)] {
            let glyph = context.depth == .none ? Self.plain(series, context) : context.glyphs.full
            buffer[x, line.y] = Cell(glyph, context.style(series))
            x = buffer.put(word, x: x + 2, y: line.y, style: context.style(.text), clip: line) + 2
        }
    }
}
