import HalfSpace
import Measurement
import Screen
import Simulation

/// The index in use: what it cost to make, what it costs to ask and to keep, when it has paid, and how it grows.
struct IndexCostPanel: Panel {
    let title = "index in use"

    func note(_ context: RenderContext) -> String { context.snapshot.statistics?.kind.rawValue ?? "" }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let statistics = context.snapshot.statistics else { return }
        let lines = lines(statistics, isSmall: rect.height < 7, width: rect.width, context)
        for (row, line) in lines.prefix(rect.height).enumerated() {
            buffer.put(line.0, in: rect, row: row, style: context.style(.muted))
            buffer.put(
                line.1, in: rect.inset(left: line.0.count + 1), row: row, align: .trailing, style: context.style(.text),
                ellipsis: context.glyphs.ellipsis)
        }
        if rect.height > lines.count { split(in: rect.row(lines.count), into: &buffer, context) }
        if rect.height > lines.count + 1 { figures(in: rect.row(lines.count + 1), into: &buffer, context) }
    }

    private func lines(
        _ statistics: IndexStatistics, isSmall: Bool, width: Int, _ context: RenderContext
    ) -> [(String, String)] {
        let initial = Text.duration(statistics.initSeconds)
        // Of this view's race, on whose queries the parts are measured: no second time of the same thing stands beside it.
        let measured = context.snapshot.parts?.measured(statistics.kind)
        let paid = measured.map { $0.breakEven.map { "\(Format.compact($0.rounded(.up))) steps" } ?? "never" }
        var lines: [(String, String)] = []
        if isSmall {
            lines.append(paid.map { ("init, pays after", "\(initial), \($0)") } ?? ("init", initial))
        } else {
            lines.append(("init", initial))
        }
        if let measured { lines.append(("query", Text.duration(measured.query.median))) }
        if !isSmall, let paid { lines.append(("pays after", paid)) }
        let perKey = Double(statistics.bytes) / Double(max(1, statistics.count))
        lines.append(("memory", "\(Format.bytes(statistics.bytes)), \(Format.significant(perKey)) B a key"))
        let format = context.snapshot.settings.store
        if !isSmall, format != .float32 {
            lines.append(("keys and values", "\(format.title), \(Format.grouped(context.snapshot.rowBytes)) B a key"))
        }
        let blocks = "\(statistics.blocks) block\(statistics.blocks == 1 ? "" : "s")"
        let merges = "\(statistics.merges) merge\(statistics.merges == 1 ? "" : "s")"
        lines.append(
            (
                "grown",
                "tail \(Format.grouped(statistics.tail)), \(blocks), \(statistics.merging ? "merging" : merges)"
            ))
        return lines
    }

    /// Where the time of a step of the race goes: walking and scoring as they were timed once more, the rest for the values.
    private func cost(_ context: RenderContext) -> LevelsFrame.Cost? {
        guard let frame = context.snapshot.levels, let seen = frame.cost,
            let query = context.snapshot.parts?.measured(frame.kind)?.query.median
        else { return nil }
        let listing = max(seen.index + seen.verify, 1e-12)
        // Timed alone it may have taken longer than the whole step did: then it is all of the step.
        let scale = min(1, query / listing)
        return .init(index: scale * seen.index, verify: scale * seen.verify, values: max(0, query - listing))
    }

    /// One bar in three parts.
    private func split(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard let cost = cost(context) else { return }
        let total = max(cost.index + cost.verify + cost.values, 1e-12)
        var x = line.x
        var done = 0.0
        let parts = [
            ("index", cost.index, Theme.Series.pruned), ("verify", cost.verify, .tested), ("values", cost.values, .hsr),
        ]
        for (name, seconds, series) in parts {
            done += seconds
            let end = line.x + Int(held: (done / total * Double(line.width)).rounded())
            let ink = series == .pruned ? Theme.Role.text : .background
            let style = Style(context.theme[ink], on: context.theme[series])
            let place = Rect(x: x, y: line.y, width: end - x, height: 1)
            if context.depth == .none {
                buffer.fill(place, with: Cell(LevelsPanel.plain(series, context)))
            } else {
                buffer.fill(place, with: Cell(.space, style))
            }
            if end - x > name.count {
                let plain = context.depth == .none
                buffer.put(
                    plain ? " \(name) " : name, x: plain ? x : x + 1, y: line.y, style: plain ? .plain : style,
                    clip: place)
            }
            x = end
        }
    }

    /// The same in figures.
    private func figures(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard let cost = cost(context) else { return }
        var x = line.x
        for (name, seconds, series) in [
            ("index", cost.index, Theme.Series.bound), ("verify", cost.verify, .tested), ("values", cost.values, .hsr),
        ] {
            // Values take what the step took beyond the listing; where that took longer by itself, nothing is known of them.
            let text = "\(name) \(seconds > 0 ? Text.duration(seconds) : "–")"
            guard x + text.count <= line.right else { return }
            x = buffer.put(text, x: x, y: line.y, style: context.style(series)) + 3
        }
    }
}
