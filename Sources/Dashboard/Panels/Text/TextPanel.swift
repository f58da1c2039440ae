import Screen
import Simulation

/// The text as a language model writes it: the letters that the newest one attends to are lit by their weight.
struct TextPanel: Panel {
    let title = "text"

    func note(_ context: RenderContext) -> String {
        guard let frame = context.snapshot.text else { return "" }
        return context.state.text.lit(frame).name
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.text else {
            let place = rect.centred(width: min(rect.width, 52), height: rect.height)
            let sentence =
                context.snapshot.settings.workload == .model
                ? Waiting.sentence(context)
                : "A language model writes here: press w until the workload is model."
            return buffer.put(centred: sentence, in: place, style: context.style(.text))
        }
        var text = rect
        if let line = context.state.text.line {
            text = rect.inset(bottom: 2)
            put(line, in: Rect(x: rect.x, y: rect.bottom - 1, width: rect.width, height: 1), into: &buffer, context)
        }
        let lit = Dictionary(context.state.text.lit(frame).entries.map { ($0.position, $0.share) }) { a, _ in a }
        let most = lit.values.max() ?? 1
        let lines = TextLines(frame.bytes, width: text.width, height: text.height).lines
        let typed = Set(frame.typed.suffix(4096))
        for (y, line) in lines.enumerated() {
            var x = text.x
            for letter in line {
                var style = ground(letter.bytes.lowerBound, frame, typed, context)
                if let share = letter.bytes.compactMap({ lit[$0] }).max(), share > 0 {
                    style = Self.light(Double(share / most), style, context)
                }
                buffer.put(letter.glyph.text, x: x, y: text.y + y, style: style, clip: text)
                x += letter.width
            }
        }
    }

    /// The prompt stands back, what was typed stands out, and so does the newest letter.
    private func ground(_ position: Int, _ frame: TextFrame, _ typed: Set<Int>, _ context: RenderContext) -> Style {
        if position >= frame.bytes.count - max(1, frame.record?.bytes.count ?? 1) {
            return context.style(.focus, [.bold, .underline])
        }
        if typed.contains(position) { return context.style(.accent, .bold) }
        return context.style(position < frame.promptBytes ? .muted : .text)
    }

    /// A letter on the heat of its weight; without colours it is written in reverse.
    static func light(_ weight: Double, _ style: Style, _ context: RenderContext) -> Style {
        guard context.depth > .none, let ramp = Ramp(context.theme[.heat]) else {
            return style.with(weight > 0.3 ? [.reverse, .bold] : .reverse)
        }
        let heat = ramp.colour(at: 0.35 + 0.65 * weight)
        let ink = ramp.colour(at: weight > 0.35 ? 0 : 1)
        return Style(ink, on: heat, .bold)
    }

    private func put(_ line: String, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let end = buffer.put("type: ", x: rect.x, y: rect.y, style: context.style(.accent, .bold), clip: rect)
        let room = max(1, rect.right - end - 1)
        let shown = String(line.suffix(room))
        let after = buffer.put(shown, x: end, y: rect.y, style: context.style(.text, .bold), clip: rect)
        buffer.put("▏", x: after, y: rect.y, style: context.style(.focus), clip: rect)
        if line.isEmpty {
            buffer.put(
                "Enter has the model read it, Esc closes", x: after + 2, y: rect.y, style: context.style(.muted),
                clip: rect)
        }
    }
}
