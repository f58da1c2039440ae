import Screen
import Simulation

/// What lies over the view: progress, a failure, the help, messages, the HUD.
struct Overlays {
    func draw(into buffer: inout Buffer, area: Rect, line: Rect, context: RenderContext) {
        switch context.snapshot.phase {
        case .preparing(let preparation): progress(preparation, in: area, into: &buffer, context)
        case .failed(let sentence): failure(sentence, in: area, into: &buffer, context)
        case .running: break
        }
        if case .help(let page) = context.state.overlay {
            HelpOverlay().draw(into: &buffer, area: buffer.bounds, page: page, context: context)
        }
        if case .chapters(let selected) = context.state.overlay, let player = context.state.demo {
            ChapterList().draw(
                into: &buffer, area: buffer.bounds, selected: selected, player: player, context: context)
        }
        if case .themes(let selected) = context.state.overlay {
            ThemeList().draw(into: &buffer, area: area, selected: selected, context: context)
        }
        if context.state.showsHUD { hud(in: area, into: &buffer, context) }
        toasts(in: line, into: &buffer, context)
    }

    private func progress(
        _ preparation: Snapshot.Preparation, in area: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        let box = Box.draw(
            in: area, width: 58, height: 5, title: "preparing", role: .accent, into: &buffer, context)
        buffer.put(preparation.stage, in: box, style: context.style(.text, .bold))
        buffer.put(
            Format.percent(preparation.fraction), in: box, align: .trailing, style: context.style(.text, .bold))
        let line = box.row(1)
        buffer.fill(line, with: Cell(context.glyphs.shades[1], context.style(.border)))
        buffer.bar(preparation.fraction, in: line, style: context.style(.accent), glyphs: context.glyphs)
        buffer.put(
            "every key works meanwhile; another change starts anew", in: box, row: 2, style: context.style(.muted),
            ellipsis: context.glyphs.ellipsis)
    }

    private func failure(_ sentence: String, in area: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let lines = sentence.wrapped(to: min(64, area.width - 8))
        let box = Box.draw(
            in: area, width: 68, height: lines.count + 4, title: "this cannot run", role: .error, into: &buffer, context
        )
        for (i, line) in lines.enumerated() { buffer.put(line, in: box, row: i, style: context.style(.text)) }
        buffer.put(
            "Turn a parameter, or press 0 for the defaults.", in: box, row: lines.count + 1,
            style: context.style(.muted))
    }

    private func hud(in area: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let cost = context.state.cost
        let lines = [
            ("frames/s", Format.fixed(cost.framesPerSecond, 1)), ("render", Text.duration(cost.render)),
            ("flush", Text.duration(cost.flush)), ("a frame sends", cost.bytes.map { Format.bytes($0) } ?? "–"),
            ("steps/s", Format.fixed(context.snapshot.stepsPerSecond, 1)),
        ]
        let corner = Rect(x: area.right - 26, y: area.y, width: 26, height: lines.count + 2)
        let box = Box.draw(
            in: corner, width: 26, height: lines.count + 2, title: "HUD", role: .muted, into: &buffer, context)
        for (row, line) in lines.enumerated() {
            buffer.put(line.0, in: box, row: row, style: context.style(.muted))
            buffer.put(line.1, in: box, row: row, align: .trailing, style: context.style(.text))
        }
    }

    /// In the bottom line, where keys stand at other times: nothing that just changed is covered.
    private func toasts(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard let newest = context.state.toasts.last, !line.isEmpty else { return }
        let role: Theme.Role =
            switch newest.kind {
            case .info: .accent
            case .good: .good
            case .warning: .warn
            case .error: .error
            }
        let texts = context.state.toasts.map(\.text)
        let both = texts.joined(separator: "   \(context.glyphs.dot)   ")
        let text = DisplayWidth.of(both) + 4 <= line.width ? both : newest.text
        buffer.fill(line, with: Cell(.space, context.style(.text)))
        let mark = context.depth == .none ? ">" : context.glyphs.fromLeft[context.glyphs.level == .ascii ? 1 : 3].text
        buffer.put(mark, x: line.x, y: line.y, style: context.style(role, .bold))
        buffer.put(
            text, in: line.inset(left: 2, right: 1), style: context.style(role, .bold),
            ellipsis: context.glyphs.ellipsis)
    }
}

/// A framed box in the middle of an area, empty inside.
enum Box {
    /// Draws it and returns what lies inside.
    static func draw(
        in area: Rect, width: Int, height: Int, title: String, role: Theme.Role, into buffer: inout Buffer,
        _ context: RenderContext
    ) -> Rect {
        let box = area.centred(width: width, height: height)
        buffer.fill(box, with: Cell(.space, context.style(.text)))
        buffer.frame(
            box, style: context.style(role), title: title, titleStyle: context.style(role, .bold),
            glyphs: context.glyphs)
        return box.inset(left: 2, top: 1, right: 2, bottom: 1)
    }

    /// The first of a list that is shown, so that the selected one is seen among as many as there are rows.
    static func first(of count: Int, around selected: Int, rows: Int) -> Int {
        min(max(0, selected - rows / 2), max(0, count - rows))
    }
}
