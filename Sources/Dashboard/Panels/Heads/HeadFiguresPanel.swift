import Evaluation
import Screen
import Simulation

/// The figures of the head that the dashboard shows, beside those of the one under the cursor.
struct HeadFiguresPanel: Panel {
    let title = "two heads"

    func note(_ context: RenderContext) -> String {
        guard let grid = HeadGrid(context.state), context.snapshot.settings.workload == .trace else { return "" }
        guard let figures = figures(of: grid.shown, grid, context) ?? figures(of: grid.cursor, grid, context) else {
            return ""
        }
        return "medians of \(figures.queries) queries"
    }

    private static func remark(_ context: RenderContext) -> String {
        guard let layer = context.record?.layer else {
            return "Means of the last \(context.snapshot.text?.unit ?? "letter")s. A trace of a model has more figures."
        }
        let shape = layer.shape
        return "Each of \(shape.keyHeads) key-value heads serves \(shape.group). Times are what a head took of one of"
            + " \(layer.threads) threads; the Race has the layer's."
    }

    private func figures(_ grid: HeadGrid, _ context: RenderContext) -> [HeadFigures?] {
        (grid.isElsewhere ? [grid.shown, grid.cursor] : [grid.shown]).map { figures(of: $0, grid, context) }
    }

    private func figures(of spot: HeadsState.Spot, _ grid: HeadGrid, _ context: RenderContext) -> HeadFigures? {
        context.snapshot.survey?.figures[.init(layer: grid.layers[spot.row].number, head: spot.head)]
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let grid = HeadGrid(context.state) else { return }
        let column = 9
        let spots =
            [(grid.shown, Theme.Series.hsr, "shown")]
            + (grid.isElsewhere ? [(grid.cursor, .naive, "cursor")] : [])
        func place(_ i: Int, _ row: Int) -> Rect {
            Rect(x: rect.right - column * (spots.count - i), y: rect.y + row, width: column, height: 1)
        }
        for (i, (spot, series, name)) in spots.enumerated() {
            let head = "\(grid.layers[spot.row].number)/\(spot.head)"
            buffer.put(name, in: place(i, 0), align: .trailing, style: context.style(.muted))
            buffer.put(head, in: place(i, 1), align: .trailing, style: context.style(series, .bold))
        }
        buffer.put("layer/head", in: rect.row(1), style: context.style(.muted))
        let room = rect.inset(top: 2)
        if context.snapshot.settings.workload != .trace {
            let known = HeadGrid.modelFigures(context.snapshot)
            for (row, figure) in known.enumerated() {
                for (i, (spot, _, _)) in spots.enumerated() {
                    let head = grid.number(of: spot)
                    let value = figure.values.indices.contains(head) ? figure.values[head].map(HeadGrid.shown) : nil
                    buffer.put(
                        value ?? "-", in: place(i, row + 2), align: .trailing,
                        style: context.style(.text, row == 0 ? .bold : []))
                }
                buffer.put(
                    figure.name, in: rect.row(row + 2),
                    style: row == 0 ? context.style(.accent, .bold) : context.style(.muted))
            }
            buffer.put(
                paragraphs: [
                    Self.remark(context)
                ],
                in: room.inset(top: known.count + 1),
                gap: 0, style: context.style(.muted))
            return
        }
        let known = figures(grid, context)
        let all = HeadFigure.all.filter { figure in known.contains { $0.flatMap(figure.value) != nil } }
        guard !all.isEmpty else { return }
        let chosen = all.firstIndex { $0.name == grid.figure } ?? 0
        let first = min(max(0, chosen - room.height / 2), max(0, all.count - room.height))
        let words = room.width - column * spots.count - 1
        let explains = all.allSatisfy { $0.meaning.count <= words }
        for (row, figure) in all.dropFirst(first).prefix(room.height).enumerated() {
            let isChosen = figure.name == grid.figure
            buffer.put(
                explains ? figure.meaning : figure.name,
                in: Rect(x: room.x, y: room.y + row, width: words, height: 1),
                style: isChosen ? context.style(.accent, .bold) : context.style(.muted))
            for (i, head) in known.enumerated() {
                buffer.put(
                    head.flatMap(figure.value).map(HeadGrid.shown) ?? "-", in: place(i, row + 2), align: .trailing,
                    style: context.style(.text, isChosen ? .bold : []))
            }
        }
    }
}
