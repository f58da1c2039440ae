import Screen
import Simulation

/// What became of the keys of one query, from all of them to the reported: how the index narrows them down, as bars.
struct KeyFunnel {
    struct Stage {
        var name: String
        /// Where there is little room.
        var short: String
        var count: Int
        var series: Theme.Series
    }

    let stages: [Stage]
    private let total: Int

    /// nil where the frame does not know its keys.
    init?(_ frame: LevelsFrame) {
        guard frame.keys > 0 else { return nil }
        let work = frame.work
        var stages = [Stage(name: "keys in the cache", short: "keys", count: frame.keys, series: .naive)]
        if frame.isFlat, work.visited > 0 {
            let open = Double(work.visited - work.pruned) / Double(work.visited)
            stages.append(
                Stage(
                    name: "whose codes were read", short: "codes read", count: Int(open * Double(frame.keys)),
                    series: .pruned))
        }
        stages.append(
            Stage(name: "scored in float32", short: "scored", count: work.candidates, series: .tested))
        if work.wholeKeys > 0 {
            stages.append(
                Stage(
                    name: "reported in whole nodes, unscored", short: "in whole nodes", count: work.wholeKeys,
                    series: .whole))
        }
        stages.append(Stage(name: "reported", short: "reported", count: frame.reported, series: .reported))
        self.stages = stages
        total = frame.keys
    }

    /// Rows from which a stage has a bar of its own below its name.
    var tallHeight: Int { 2 * stages.count }

    func draw(in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard rect.height > 0 else { return }
        let each = max(1, min(8, rect.height / stages.count))
        for (i, stage) in stages.enumerated() where (i + 1) * each <= rect.height {
            let line = rect.row(i * each)
            let share = Double(stage.count) / Double(total)
            let figure = "\(Format.grouped(stage.count))  \(padded(Format.percent(share)))"
            let room = line.inset(right: figure.count + 1)
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
                    let width = max(stage.count > 0 ? 1 : 0, Int((share * Double(bar.width)).rounded()))
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
