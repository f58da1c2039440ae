import HalfSpace
import Measurement
import Screen
import Simulation

/// What a query met in the index: pruned, crossing and whole nodes level by level, and how few keys were left of all.
struct LevelsPanel: Panel {
    let title = "levels"

    func note(_ context: RenderContext) -> String {
        guard let frame = context.snapshot.levels else { return "nodes visited" }
        let what = frame.isFlat ? "from all keys to the reported" : "nodes visited"
        return "\(frame.kind.rawValue) at step \(Format.grouped(frame.step)), \(what)"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.levels, rect.height >= 3 else {
            buffer.put(centred: Waiting.sentence(context), in: rect, style: context.style(.muted))
            return
        }
        if case .running(let slow) = context.state.slowMotion, context.state.view == .index, rect.height >= 6 {
            return SlowMotionPicture(slow: slow).draw(in: rect, into: &buffer, context)
        }
        // Where there is room for a tree, the tree itself above the bars.
        if let tree = frame.tree, !tree.levels.isEmpty, rect.height >= Self.roomForTree, rect.width >= 60 {
            let tall = rect.height * 2 / 5
            TreeDrawing(frame: frame).draw(in: rect.inset(bottom: rect.height - tall), into: &buffer, context)
            return figures(frame, in: rect.inset(top: tall + 1), into: &buffer, context)
        }
        figures(frame, in: rect, into: &buffer, context)
    }

    /// Rows from which the tree is drawn as well.
    private static let roomForTree = 36

    private func figures(_ frame: LevelsFrame, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let facts = frame.isFlat ? Self.flatFacts(frame, context) : Self.facts(frame)
        let funnel = KeyFunnel(frame)
        let stages = funnel?.stages.count ?? 0
        // The figures stand at the foot where what is above keeps its room.
        let least = frame.isFlat ? 2 * stages : 2 * frame.levels.count + stages + 3
        let foot = rect.height >= least + facts.count + 1 ? facts.count + 1 : 0
        if foot > 0 { list(facts, in: rect.inset(top: rect.height - facts.count), into: &buffer, context) }
        let place = rect.inset(bottom: foot)
        if frame.isFlat {
            funnel?.draw(in: place, into: &buffer, context)
            return
        }
        // The levels first, two rows or more each; below them what they came to, as bars where there is room.
        var below = 0
        if place.height >= 2 * frame.levels.count + 2 * stages + 3 {
            below = max(2, min(4, (place.height - 3 * frame.levels.count - 3) / max(1, stages))) * stages
        } else if place.height >= frame.levels.count + stages + 3 {
            below = stages
        }
        bars(frame, in: place.inset(bottom: below > 0 ? below + 1 : 0), into: &buffer, context)
        if below > 0 { funnel?.draw(in: place.inset(top: place.height - below), into: &buffer, context) }
    }

    // MARK: Levels

    private func bars(_ frame: LevelsFrame, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        legend(in: rect.row(0), into: &buffer, context)
        if rect.width >= 42 { buffer.put("visited", in: rect, align: .trailing, style: context.style(.muted)) }
        let levels = frame.levels
        let rows = rect.inset(top: rect.height >= 3 * levels.count + 2 ? 2 : 1)
        guard rows.height > 0 else { return }
        // More levels than rows: the last ones, where the work is. Fewer: taller bars.
        let shown = levels.suffix(rows.height)
        let tall = max(1, min(5, rows.height / max(1, shown.count)))
        let most = max(1, shown.map(\.visited).max() ?? 1)
        for (row, level) in shown.enumerated() {
            let line = rows.row(row * tall)
            buffer.put(
                String(levels.count - shown.count + row), in: Rect(x: line.x, y: line.y, width: 3, height: 1),
                align: .trailing, style: context.style(.muted))
            for thick in 0..<max(1, tall - 1) {
                bar(level, of: most, in: rows.row(row * tall + thick).inset(left: 4, right: 8), into: &buffer, context)
            }
            buffer.put(Format.grouped(level.visited), in: line, align: .trailing, style: context.style(.text))
        }
    }

    private func bar(
        _ level: LevelsFrame.Level, of most: Int, in line: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        var x = line.x
        var done = 0
        // Ends are rounded from running sums, so that the parts fill the bar.
        for (count, series) in [(level.pruned, Theme.Series.pruned), (level.crossing, .tested), (level.whole, .whole)] {
            done += count
            let end = line.x + Int(held: (Double(done) / Double(most) * Double(line.width)).rounded())
            let shown = count > 0 && end == x && x < line.right ? x + 1 : end
            let glyph = context.depth == .none ? Self.plain(series, context) : context.glyphs.full
            while x < shown {
                buffer[x, line.y] = Cell(glyph, context.style(series))
                x += 1
            }
        }
    }

    /// Told apart without colour.
    static func plain(_ series: Theme.Series, _ context: RenderContext) -> Glyph {
        let shades = context.glyphs.shades
        switch series {
        case .pruned, .naive: return shades[1]
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

    // MARK: In figures

    private static func facts(_ frame: LevelsFrame) -> [(String, String)] {
        let visited = frame.levels.reduce(0) { $0 + $1.visited }
        let all = frame.levels.reduce(0) { $0 + $1.nodes }
        var facts = [("nodes visited of all", "\(Format.grouped(visited)) of \(Format.grouped(all))")]
        if frame.keys > 0 {
            let unseen = max(0, frame.keys - frame.work.candidates - frame.work.wholeKeys)
            let share = Format.percent(Double(unseen) / Double(frame.keys))
            facts.append(("keys never looked at", "\(Format.grouped(unseen))  \(share)"))
        }
        return facts
    }

    /// What a flat index read, and what that is of the keys' own bytes.
    private static func flatFacts(_ frame: LevelsFrame, _ context: RenderContext) -> [(String, String)] {
        guard frame.keys > 0 else { return [] }
        let work = frame.work
        var facts: [(String, String)] = []
        if frame.kind.description.hasLikeGroups, let groups = frame.kind.description.groups, work.visited > 0 {
            facts.append(
                ("\(groups) dropped whole", "\(Format.grouped(work.pruned)) of \(Format.grouped(work.visited))"))
            let d = Double(max(1, context.snapshot.d))
            let open = Double(frame.keys) * Double(work.visited - work.pruned) / Double(work.visited)
            let codes = Double(work.bytesRead) - 4 * d * Double(work.candidates)
            if open > 0, codes > 0 {
                facts.append(("bits read of an entry, of 32", Format.significant(8 * codes / (open * d))))
            }
        }
        if work.whole > 0 { facts.append(("boxes wholly inside", Format.grouped(work.whole))) }
        facts.append(
            work.visited > 0
                ? ("scored in vain", Format.grouped(max(0, work.candidates - frame.reported)))
                : ("no codes", "every key is scored"))
        let share = Format.percent(Double(work.bytesRead) / Double(max(1, frame.keyBytes)))
        facts.append(("bytes read", "\(Format.bytes(work.bytesRead)), \(share) of all"))
        return facts
    }

    private func list(
        _ facts: [(String, String)], in rect: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        for (row, fact) in facts.enumerated() {
            buffer.put(
                fact.0, in: rect.row(row).inset(right: fact.1.count + 1), style: context.style(.muted),
                ellipsis: context.glyphs.ellipsis)
            buffer.put(fact.1, in: rect, row: row, align: .trailing, style: context.style(.text, .bold))
        }
    }
}
