import Screen
import Simulation

/// The index in use: what it cost to make, what it costs to ask and to keep, when it has paid, and how it grows.
struct IndexCostPanel: Panel {
    let title = "index in use"

    func note(_ context: RenderContext) -> String { context.snapshot.statistics?.kind.rawValue ?? "" }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let statistics = context.snapshot.statistics else { return }
        let speedUp = SpeedUp(context.snapshot)
        var lines: [(String, String)] = [("init", Text.duration(statistics.initSeconds))]
        if let speedUp {
            lines.append(("query", Text.duration(speedUp.hsr)))
            let gain = speedUp.naive - speedUp.hsr
            lines.append(
                (
                    "pays after",
                    gain > 0 ? "\(Format.compact((statistics.initSeconds / gain).rounded(.up))) steps" : "never"
                ))
        }
        let perKey = Double(statistics.bytes) / Double(max(1, statistics.count))
        lines.append(("memory", "\(Format.bytes(statistics.bytes)), \(Format.significant(perKey)) B a key"))
        lines.append(
            (
                "appended",
                "tail \(Format.grouped(statistics.tail)), blocks \(statistics.blocks), merges \(statistics.merges)"
                    + (statistics.merging ? ", merging now" : "")
            ))
        for (row, line) in lines.prefix(rect.height).enumerated() {
            buffer.put(line.0, in: rect, row: row, style: context.style(.muted))
            buffer.put(
                line.1, in: rect.inset(left: 11), row: row, align: .trailing, style: context.style(.text),
                ellipsis: context.glyphs.ellipsis)
        }
        if rect.height > lines.count { split(in: rect.row(lines.count), into: &buffer, context) }
    }

    /// Where a query's time goes: one bar in three parts.
    private func split(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard let cost = context.snapshot.levels?.cost else { return }
        let total = max(cost.index + cost.verify + cost.values, 1e-12)
        var x = line.x
        var done = 0.0
        let parts = [
            ("index", cost.index, Theme.Series.pruned), ("verify", cost.verify, .tested), ("values", cost.values, .hsr),
        ]
        for (name, seconds, series) in parts {
            done += seconds
            let end = line.x + Int((done / total * Double(line.width)).rounded())
            let ink = series == .pruned ? Theme.Role.text : .background
            let style = Style(context.theme[ink], on: context.theme[series])
            buffer.fill(Rect(x: x, y: line.y, width: end - x, height: 1), with: Cell(.space, style))
            if end - x > name.count { buffer.put(name, x: x + 1, y: line.y, style: style, clip: line) }
            x = end
        }
    }
}
