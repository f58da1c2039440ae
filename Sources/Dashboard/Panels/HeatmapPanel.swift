import Screen
import Simulation

/// The heatmap on the whole screen: zoom and pan, a cursor, marginal strips, the index's order.
struct HeatmapPanel: Panel {
    let title = "keys × steps"

    func note(_ context: RenderContext) -> String {
        let state = context.state.heatmap
        let order =
            state.followsIndex
            ? (context.snapshot.order == nil ? "this index keeps no order" : "index order") : "by position"
        let words = [state.scrolls ? "scroll" : "ring", state.scale.title, order]
            .joined(separator: " \(context.glyphs.dot) ")
        guard let runs = HeatRuns(context.snapshot) else { return words }
        let count = state.followsIndex ? runs.byIndex : runs.byPosition
        // The end stays where there is little room.
        return count.map { "\(words), \(Format.grouped(runs.keys)) keys in \(Format.grouped($0)) runs" } ?? words
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let layout = HeatmapLayout(inside: rect)
        guard layout.picture.width >= 8, layout.picture.height >= 2 else { return }
        let state = context.state.heatmap
        var options = HeatPicture.Options()
        options.scrolls = state.scrolls
        options.scale = state.scale
        options.order = state.orderProgress > 0 ? context.snapshot.order : nil
        options.progress = state.orderProgress
        let picture = HeatPicture(
            context.snapshot, axis: state.axis(of: context.snapshot, columns: layout.picture.width),
            rows: layout.picture.height, palette: context.palette(.heat, levels: HeatPicture.levels),
            options: options, cache: context.cache)
        picture.canvas.draw(into: &buffer, x: layout.picture.x, y: layout.picture.y, palette: picture.palette)
        picture.drawSteps(in: layout.margin, into: &buffer, context)
        picture.drawPositions(below: layout.picture, avoiding: state.cursor?.column, into: &buffer, context)
        picture.drawLegend(
            in: Rect(x: rect.x, y: rect.bottom, width: rect.width, height: 1),
            into: &buffer, context)
        mass(picture, in: layout.mass, into: &buffer, context)
        counts(picture, in: layout.counts, into: &buffer, context)
        cursor(picture, layout: layout, into: &buffer, context)
    }

    /// The mass of each column, summed over the rows shown.
    private func mass(_ picture: HeatPicture, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        var sums = [Double](repeating: 0, count: picture.axis.columns)
        for bins in picture.bins {
            for (column, sum) in bins.sum.enumerated() { sums[column] += Double(sum) }
        }
        let most = max(sums.max() ?? 0, 1e-12)
        buffer.sparkline(
            sums.map { $0 > 0 ? $0 / most : nil }, in: rect, style: context.style(.hsr), glyphs: context.glyphs)
        if rect.x >= 9 {
            buffer.put(
                "mass", in: Rect(x: rect.x - 7, y: rect.bottom - 1, width: 6, height: 1), align: .trailing,
                style: context.style(.muted))
        }
    }

    /// How many entries each step reported among the keys shown.
    private func counts(_ picture: HeatPicture, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard rect.width >= 8 else { return }
        let perCell = picture.palette.rowsPerCell
        var counts = [Int?](repeating: nil, count: rect.height)
        for (place, bins) in zip(picture.ring.rows, picture.bins) where place.slot / perCell < rect.height {
            let count = bins.count.reduce(0) { $0 + Int($1) }
            counts[place.slot / perCell] = max(counts[place.slot / perCell] ?? 0, count)
        }
        let most = Double(max(1, counts.compactMap { $0 }.max() ?? 1))
        for (row, count) in counts.enumerated() {
            guard let count else { continue }
            buffer.bar(
                Double(count) / most, in: Rect(x: rect.x, y: rect.y + row, width: rect.width - 6, height: 1),
                style: context.style(.reported), glyphs: context.glyphs)
            if row % 3 == 0 {
                buffer.put(
                    Format.compact(Double(count)), in: rect.row(row), align: .trailing, style: context.style(.muted))
            }
        }
        buffer.put(
            "reported", in: Rect(x: rect.x, y: rect.y - 1, width: rect.width, height: 1), align: .trailing,
            style: context.style(.muted))
    }

    private func cursor(
        _ picture: HeatPicture, layout: HeatmapLayout, into buffer: inout Buffer, _ context: RenderContext
    ) {
        guard let cursor = context.state.heatmap.cursor else {
            let hints = ["arrows or a click: cursor", "+ - zoom", "= fit", "z order", "v scroll", "y scale"]
            buffer.put(
                Text.fitting(hints, between: "   ", width: layout.cursor.width), in: layout.cursor,
                style: context.style(.muted))
            return
        }
        let perCell = picture.palette.rowsPerCell
        let column = min(max(cursor.column, 0), layout.picture.width - 1)
        let slot = min(max(cursor.row, 0), picture.canvas.height - 1)
        cross(column: column, slot: slot, perCell, layout: layout, into: &buffer, context)
        let lines = HeatCursor(
            picture: picture, column: column, slot: slot, snapshot: context.snapshot, width: layout.cursor.width
        ).lines
        for (row, line) in lines.prefix(layout.cursor.height).enumerated() {
            buffer.put(
                line, in: layout.cursor, row: row, style: context.style(row == 0 ? .text : .muted),
                ellipsis: context.glyphs.ellipsis)
        }
    }

    /// The cell marked, and where it stands on both strips.
    private func cross(
        column: Int, slot: Int, _ perCell: Int, layout: HeatmapLayout, into buffer: inout Buffer,
        _ context: RenderContext
    ) {
        let (x, y) = (layout.picture.x + column, layout.picture.y + slot / perCell)
        let accent = context.theme[.accent]
        var cell = buffer[x, y]
        if perCell == 2, let halves = context.glyphs.halves {
            // The other half keeps its colour.
            let upper = cell.glyph == .space ? cell.style.background : cell.style.foreground
            let lower = cell.style.background
            cell = Cell(
                slot % 2 == 0 ? halves.upper : halves.lower,
                Style(accent, on: slot % 2 == 0 ? lower : upper))
        } else {
            cell = Cell(context.glyphs.cross, Style(accent, on: cell.style.background, .reverse))
        }
        buffer[x, y] = cell
        buffer[x, layout.picture.bottom] = Cell(context.glyphs.up, context.style(.accent, .bold))
        buffer.restyle(Rect(x: x, y: layout.mass.y, width: 1, height: layout.mass.height)) { $0.foreground = accent }
        buffer[layout.picture.right, y] = Cell(context.glyphs.left, context.style(.accent, .bold))
    }
}
