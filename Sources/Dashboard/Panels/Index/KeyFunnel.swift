import Measurement
import Screen
import Simulation

/// What became of the keys of one query, from all of them to the reported: how the index narrows them down, as bars.
struct KeyFunnel {
    struct Stage {
        var name: String
        /// Where there is little room.
        var short: String
        var count: Int
        /// What its share is of: all keys, or all groups of keys asked.
        var total: Int
        var series: Theme.Series
    }

    let stages: [Stage]

    /// nil where the frame does not know its keys.
    init?(_ frame: LevelsFrame) {
        guard frame.keys > 0 else { return nil }
        let work = frame.work
        func keys(_ name: String, _ short: String, _ count: Int, _ series: Theme.Series) -> Stage {
            Stage(name: name, short: short, count: count, total: frame.keys, series: series)
        }
        var stages = [keys("keys in the cache", "keys", frame.keys, .naive)]
        stages += Self.opened(frame).map { [$0] } ?? []
        stages.append(keys("scored in float32", "scored", work.candidates, .tested))
        if work.wholeKeys > 0 {
            stages.append(keys("reported in whole nodes, unscored", "in whole nodes", work.wholeKeys, .whole))
        }
        stages.append(keys("reported", "reported", frame.reported, .reported))
        self.stages = stages
    }

    /// What an index without levels could not drop by its bounds: of boxes, which hold boxes and keys, the boxes; of
    /// blocks, all of one size, their keys.
    private static func opened(_ frame: LevelsFrame) -> Stage? {
        let visited = frame.work.visited
        guard visited > 0, let part = frame.kind.description.groups else { return nil }
        let open = visited - frame.work.pruned
        if frame.kind.description.hasLikeGroups {
            let count = Int(held: Double(open) / Double(visited) * Double(frame.keys))
            return Stage(
                name: "whose codes were read", short: "codes read", count: count, total: frame.keys, series: .pruned)
        }
        return Stage(
            name: "\(part) not dropped, of \(Format.grouped(visited))", short: "\(part) not dropped", count: open,
            total: visited, series: .pruned)
    }

    /// Rows from which a stage has a bar of its own below its name.
    var tallHeight: Int { 2 * stages.count }

    func draw(in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard rect.height > 0 else { return }
        let each = max(1, min(8, rect.height / stages.count))
        for (i, stage) in stages.enumerated() where (i + 1) * each <= rect.height {
            let line = rect.row(i * each)
            let share = Double(stage.count) / Double(stage.total)
            let figure = "\(Format.grouped(stage.count))  \(padded(Format.percent(share)))"
            let room = line.inset(right: figure.count + 2)
            let name = stage.name.count <= room.width ? stage.name : stage.short
            buffer.put(name, in: room, style: context.style(.muted), ellipsis: context.glyphs.ellipsis)
            // What was only skimmed is painted too faintly for figures.
            let style =
                stage.series == .pruned ? context.style(Theme.Role.text, .bold) : context.style(stage.series, .bold)
            buffer.put(figure, in: line, align: .trailing, style: style)
            guard each >= 2 else { continue }
            for thick in 1..<max(2, each - 1) {
                let bar = rect.row(i * each + thick)
                if context.depth == .none {
                    let width = max(stage.count > 0 ? 1 : 0, Int(held: (share * Double(bar.width)).rounded()))
                    let shade = LevelsPanel.plain(stage.series, context)
                    buffer.fill(Rect(x: bar.x, y: bar.y, width: width, height: 1), with: Cell(shade))
                } else {
                    buffer.bar(share, in: bar, style: context.style(stage.series), glyphs: context.glyphs)
                }
            }
        }
    }

    private func padded(_ text: String) -> String { String(repeating: " ", count: max(0, 6 - text.count)) + text }
}
