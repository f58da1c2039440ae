import Screen
import Simulation

/// The points of the newest sweep as figures, the one under way with its progress, those to come by name.
struct SweepTablePanel: Panel {
    let title = "points"

    func note(_ context: RenderContext) -> String {
        context.snapshot.sweep.curves.last.map { "d \($0.d), median a step" } ?? ""
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let sweep = context.snapshot.sweep
        guard let look = CurveLook.all(of: sweep, glyphs: context.glyphs).last else { return }
        let curve = look.curve
        let columns = Self.columns.filter { $0.least <= rect.width }
        header(columns, in: rect.row(0), into: &buffer, context)

        let waiting = sweep.lengths.filter { $0 > curve.points.last?.n ?? 0 && !curve.isComplete }
        let notes =
            (curve.note.map { [$0] } ?? [])
            + (curve.points.contains(where: \.underLoad) ? ["\(look.hollowMark.text) measured under load"] : [])
        let room = rect.height - 1 - notes.count
        // The one under way stays in sight; what is to come follows as far as there is room.
        let first = max(0, min(curve.points.count + 1, curve.points.count + waiting.count) - room)
        var y = rect.y + 1
        for point in curve.points.dropFirst(first) {
            row(point, look, columns, in: Rect(x: rect.x, y: y, width: rect.width, height: 1), into: &buffer, context)
            y += 1
        }
        for n in waiting where y < rect.bottom - notes.count {
            let line = Rect(x: rect.x, y: y, width: rect.width, height: 1)
            let isUnderWay = n == sweep.n
            buffer.put(
                Format.binary(n), in: Rect(x: line.x + 2, y: y, width: 5, height: 1), align: .trailing,
                style: context.style(isUnderWay ? .accent : .muted))
            if isUnderWay {
                let bar = line.inset(left: 9, right: 1)
                buffer.fill(bar, with: Cell(context.glyphs.shades[1], context.style(.border)))
                buffer.bar(sweep.fraction, in: bar, style: context.style(.accent), glyphs: context.glyphs)
            }
            y += 1
        }
        for (i, note) in notes.enumerated() {
            buffer.put(
                note, in: Rect(x: rect.x, y: rect.bottom - notes.count + i, width: rect.width, height: 1),
                style: context.style(.warn), ellipsis: context.glyphs.ellipsis)
        }
    }

    private struct Column: Sendable {
        var title: String
        var width: Int
        /// Shown from this width of the panel on.
        var least: Int
        var series: Theme.Series?
        var text: @Sendable (SweepPoint) -> String
    }

    private static let columns = [
        Column(title: "n", width: 7, least: 0) { Format.binary($0.n) },
        Column(title: "naive", width: 9, least: 0, series: .naive) { Text.duration($0.naive.median) },
        Column(title: "HSR", width: 9, least: 24, series: .hsr) { Text.duration($0.hsr.median) },
        Column(title: "ratio", width: 7, least: 33) {
            $0.hsr.median > 0 ? Text.ratio($0.naive.median / $0.hsr.median) + "×" : ""
        },
        Column(title: "reported", width: 10, least: 43) { Format.grouped($0.reported) },
        Column(title: "init", width: 9, least: 53) { Text.duration($0.initSeconds) },
        Column(title: "index", width: 10, least: 64) { $0.index.rawValue },
    ]

    private func header(_ columns: [Column], in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        var x = line.x
        for column in columns {
            buffer.put(
                column.title, in: Rect(x: x, y: line.y, width: column.width, height: 1), align: .trailing,
                style: context.style(.muted))
            x += column.width
        }
    }

    private func row(
        _ point: SweepPoint, _ look: CurveLook, _ columns: [Column], in line: Rect, into buffer: inout Buffer,
        _ context: RenderContext
    ) {
        buffer[line.x, line.y] = Cell(
            look.mark(of: point), point.underLoad ? context.style(Theme.Role.warn) : look.style(context))
        var x = line.x
        for column in columns {
            buffer.put(
                column.text(point), in: Rect(x: x, y: line.y, width: column.width, height: 1), align: .trailing,
                style: column.series.map { context.style($0) } ?? context.style(Theme.Role.text))
            x += column.width
        }
    }
}
