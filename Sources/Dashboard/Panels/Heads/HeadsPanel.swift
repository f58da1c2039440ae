import Measurement
import Screen
import Simulation

/// Layers × heads as a picture of the chosen figure, with a cursor.
struct HeadsPanel: Panel {
    let title = "layers × heads"

    func note(_ context: RenderContext) -> String {
        HeadGrid(context.state)?.meaning ?? ""
    }

    /// How far measuring is; nil where there is nothing to wait for.
    static func progress(_ context: RenderContext) -> String? {
        guard context.snapshot.settings.workload == .trace else { return nil }
        guard let survey = context.snapshot.survey, survey.phase == .measuring else { return nil }
        return "measuring \(Format.percent(survey.share))"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let grid = HeadGrid(context.state) else {
            let place = rect.centred(width: min(rect.width, 52), height: rect.height)
            return buffer.put(centred: Self.sentence(context), in: place, style: context.style(.text))
        }
        if case .failed(let reason) = context.snapshot.survey?.phase, context.snapshot.settings.workload == .trace {
            return buffer.put(centred: reason, in: rect, style: context.style(.warn))
        }
        let palette = context.palette(.heat, levels: 24)
        guard let layout = HeadsLayout(inside: rect, grid: grid, halves: palette.rowsPerCell == 2) else { return }
        if layout.perCell == 2 {
            pixels(grid, layout, palette, into: &buffer, context)
        } else {
            blocks(grid, layout, palette, into: &buffer, context)
        }
        labels(grid, layout, in: rect, into: &buffer, context)
        legend(grid, palette, in: Rect(x: rect.x, y: rect.bottom, width: rect.width, height: 1), into: &buffer, context)
    }

    private static func sentence(_ context: RenderContext) -> String {
        guard context.snapshot.settings.hasHeads else {
            return "Heads belong to a trace or a language model: press w until the workload is one, or start with"
                + " --heads 8 or --trace FILE. Demos/export_qkv.py makes a trace of your own model."
        }
        return Waiting.sentence(context)
    }

    /// A head in cells of its own, with its figure where there is room.
    private func blocks(
        _ grid: HeadGrid, _ layout: HeadsLayout, _ palette: Palette, into buffer: inout Buffer, _ context: RenderContext
    ) {
        let scale = grid.scale
        for row in layout.rows {
            for head in layout.heads where head < grid.layers[row].heads {
                let spot = HeadsState.Spot(row: row, head: head)
                let place = layout.cells(of: spot)
                let value = grid.values[row][head]
                let share = value.flatMap { scale?.share($0) }
                let ground = share.map { Self.cell($0, palette, context) }
                buffer.fill(place, with: ground ?? Cell(context.glyphs.dot, context.style(.border)))
                let ratio = place.height >= 2 ? grid.ratio(of: spot) : nil
                let middle = place.row((place.height - (ratio == nil ? 0 : 1)) / 2)
                write(
                    value.map { HeadGrid.shown($0) + (grid.ratios.isEmpty ? "" : "%") }, share,
                    isShown: spot == grid.shown,
                    in: middle, into: &buffer, context)
                if let ratio {
                    let below = Rect(x: middle.x, y: middle.y + 1, width: middle.width, height: 1)
                    write(Text.ratio(ratio) + "×", share, isShown: false, in: below, into: &buffer, context)
                }
                if spot == grid.cursor { mark(place, into: &buffer, context) }
            }
        }
    }

    private static func cell(_ share: Double, _ palette: Palette, _ context: RenderContext) -> Cell {
        // The lowest ink stands for nothing at all, and no head is nothing.
        let ink = palette.inks[1 + Int(held: (share * Double(palette.inks.count - 2)).rounded())]
        return context.depth >= .palette256 ? Cell(.space, Style(on: ink.colour)) : ink.cell
    }

    /// Ink that is read on the heat of a share.
    private static func ink(on share: Double?, _ context: RenderContext) -> Style {
        guard let share, context.depth >= .palette256, let ramp = Ramp(context.theme[.heat]) else {
            return context.style(.text, .bold)
        }
        return Style(ramp.colour(at: share > 0.5 ? 0 : 1), on: ramp.colour(at: share), .bold)
    }

    private func write(
        _ value: String?, _ share: Double?, isShown: Bool, in line: Rect, into buffer: inout Buffer,
        _ context: RenderContext
    ) {
        let bullet = isShown ? context.glyphs.bullet.text : ""
        let number = line.width >= 6 ? value ?? "" : ""
        let text = [bullet + number, number, bullet].first { !$0.isEmpty && $0.count <= max(1, line.width - 2) } ?? ""
        guard !text.isEmpty else { return }
        let x = line.x + (line.width - text.count) / 2
        var style = Self.ink(on: share, context)
        if context.depth >= .palette256, share != nil { style = style.on(buffer[x, line.y].style.background) }
        buffer.put(text, x: x, y: line.y, style: style, clip: line)
    }

    /// The cursor: brackets around a head that is wide enough, else the colour of the focus.
    private func mark(
        _ place: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        let style =
            context.depth == .none
            ? context.style(.text, [.bold, .reverse])
            : Style(context.theme[.background], on: context.theme[.focus], .bold)
        guard place.width >= 3 else { return buffer.fill(place, with: Cell(.space, style)) }
        for row in place.y..<place.bottom {
            buffer[place.x, row] = Cell("[", style)
            buffer[place.right - 1, row] = Cell("]", style)
        }
    }

    /// Two layers to a cell.
    private func pixels(
        _ grid: HeadGrid, _ layout: HeadsLayout, _ palette: Palette, into buffer: inout Buffer, _ context: RenderContext
    ) {
        var palette = palette
        let levels = palette.inks.count
        let pending = palette.add(context.theme[.border], glyph: context.glyphs.dot) ?? 0
        let shown = palette.add(context.theme[.accent], glyph: context.glyphs.bullet) ?? 0
        let cursor = palette.add(context.theme[.focus], glyph: context.glyphs.full) ?? 0
        let ground = palette.add(context.theme[.background], glyph: .space) ?? 0
        var canvas = PixelCanvas(width: layout.picture.width, height: layout.rows.count, ink: ground)
        let scale = grid.scale
        for row in layout.rows {
            for head in layout.heads where head < grid.layers[row].heads {
                let spot = HeadsState.Spot(row: row, head: head)
                let share = grid.values[row][head].flatMap { scale?.share($0) }
                var ink = share.map { UInt8(1 + Int(held: ($0 * Double(levels - 2)).rounded())) } ?? pending
                if spot == grid.shown { ink = shown }
                if spot == grid.cursor { ink = cursor }
                for x in 0..<layout.headWidth {
                    canvas[(head - layout.heads.lowerBound) * layout.headWidth + x, row - layout.rows.lowerBound] = ink
                }
            }
        }
        canvas.draw(into: &buffer, x: layout.picture.x, y: layout.picture.y, palette: palette)
    }

    private func labels(
        _ grid: HeadGrid, _ layout: HeadsLayout, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        let muted = context.style(.muted)
        for row in layout.rows where layout.perLine == layout.heads.count {
            let pixel = (row - layout.rows.lowerBound) * layout.layerHeight
            guard pixel % layout.perCell == 0 else { continue }
            let line = Rect(
                x: rect.x, y: layout.picture.y + pixel / layout.perCell + (layout.layerHeight / layout.perCell) / 2,
                width: HeadsLayout.marginWidth - 1, height: 1)
            let isCursor = row == grid.cursor.row || layout.perCell == 2 && row + 1 == grid.cursor.row
            buffer.put(
                (row == layout.rows.lowerBound ? "L" : "") + String(grid.layers[row].number), in: line,
                align: .trailing, style: isCursor ? context.style(.accent, .bold) : muted)
        }
        if layout.perLine < layout.heads.count {
            lines(grid, layout, in: rect, into: &buffer, context)
        } else {
            numbers(grid, layout, in: rect, into: &buffer, context)
        }
        let hints =
            [Self.progress(context)].compactMap { $0 } + [
                "arrows: cursor", "Enter: go there", "( ) figure", "o O head",
            ]
        buffer.put(
            Text.fitting(hints, between: "   ", width: rect.width), in: rect, row: rect.height - 1, style: muted)
    }

    /// The numbers of the heads below their columns.
    private func numbers(
        _ grid: HeadGrid, _ layout: HeadsLayout, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        let muted = context.style(.muted)
        var free = layout.picture.x
        for head in layout.heads {
            let text = String(head)
            let x =
                layout.picture.x + (head - layout.heads.lowerBound) * layout.headWidth
                + max(0, (layout.headWidth - text.count) / 2)
            guard x >= free, x + text.count <= rect.right else { continue }
            buffer.put(
                text, x: x, y: layout.picture.bottom,
                style: head == grid.cursor.head ? context.style(.accent, .bold) : muted)
            free = x + text.count + 1
        }
        buffer.put(
            "head", in: Rect(x: rect.x, y: layout.picture.bottom, width: HeadsLayout.marginWidth - 1, height: 1),
            align: .trailing, style: muted)
    }

    /// The heads of each line of a layer that takes several.
    private func lines(
        _ grid: HeadGrid, _ layout: HeadsLayout, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        for first in stride(from: 0, to: layout.heads.count, by: layout.perLine) {
            let last = min(first + layout.perLine, layout.heads.count) - 1
            let place = layout.cells(of: .init(row: 0, head: first))
            buffer.put(
                first == last ? String(first) : "\(first)-\(last)",
                in: Rect(
                    x: rect.x, y: place.y + (place.height - 1) / 2, width: HeadsLayout.marginWidth - 1, height: 1),
                align: .trailing,
                style: (first...last).contains(grid.cursor.head)
                    ? context.style(.accent, .bold) : context.style(.muted))
        }
        let sharing = grid.group > 1 && layout.perLine == grid.group ? ", each line shares its keys and values" : ""
        buffer.put(
            "layer \(grid.layers[0].number), \(layout.heads.count) heads\(sharing)",
            in: Rect(x: layout.picture.x, y: layout.picture.bottom, width: rect.right - layout.picture.x, height: 1),
            style: context.style(.muted))
    }

    private func legend(
        _ grid: HeadGrid, _ palette: Palette, in line: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        guard let scale = grid.scale else { return }
        let (low, high) = (" \(grid.figure) \(HeadGrid.shown(scale.low)) ", " \(HeadGrid.shown(scale.high)) ")
        let width = 12
        var x = line.right - low.count - width - high.count
        guard x > line.x else { return }
        x = buffer.put(low, x: x, y: line.y, style: context.style(.muted))
        for i in 0..<width {
            buffer[x + i, line.y] = Self.cell(Double(i) / Double(width - 1), palette, context)
        }
        buffer.put(high, x: x + width, y: line.y, style: context.style(.muted))
    }
}
