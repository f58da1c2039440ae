import Screen
import Simulation

/// The parameters with the keys that turn them; the one that the arrows turn is marked.
struct ParametersPanel: Panel {
    let title = "parameters"

    func note(_ context: RenderContext) -> String { Self.threshold(context) }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let all = Parameter.shown(in: context.state.settings)
        let lines = rect.height >= 3 ? 2 : rect.height
        let perLine = (all.count + lines - 1) / max(1, lines)
        for (i, parameter) in all.enumerated() where i / perLine < lines {
            let (place, line) = (i % perLine, i / perLine)
            let spare = max(0, perLine * (line + 1) - all.count)
            // In a line that is not full the one before the last, the index, has the room of those that are missing.
            let isLast = i == all.count - 1
            let first = isLast ? place + spare : place
            let end = i == all.count - 2 && place + 1 < perLine ? first + 1 + spare : first + 1
            // Rounded running widths hand out every column.
            let left = rect.width * first / perLine
            let right = rect.width * end / perLine
            let slot = Rect(
                x: rect.x + left, y: rect.y + line, width: right - left - (right < rect.width ? 1 : 0), height: 1)
            draw(parameter, in: slot, into: &buffer, context)
        }
        if rect.height >= 3 { sentence(in: rect.row(2), into: &buffer, context) }
    }

    private func draw(_ parameter: Parameter, in slot: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let state = context.state
        let keys = BindingTable.standard.keys(of: parameter)
        let value = parameter.value(in: state.settings, snapshot: context.snapshot)
        let isOff = parameter.refusal(in: state.settings, snapshot: state.live) != nil
        let isSelected = state.selected == parameter
        var x = buffer.put(
            keys, x: slot.x, y: slot.y, style: context.style(isOff ? .muted : .accent, .bold), clip: slot)
        x += 1
        // The name gives way to the value.
        let room = slot.right - x - value.count - 1
        if let name = [parameter.title, parameter.short].first(where: { $0.count <= room }) {
            x = buffer.put(name, x: x, y: slot.y, style: context.style(.muted), clip: slot) + 1
        }
        var style = context.style(isOff ? .muted : .text, isOff ? [] : .bold)
        if isSelected { style = style.underline }
        buffer.put(value, x: x, y: slot.y, style: style, clip: slot)
    }

    /// The threshold in force: "b = μ + 2.11σ = 3.02".
    static func threshold(_ context: RenderContext) -> String {
        guard let b = context.snapshot.history.last?.threshold else { return "" }
        let rule = context.snapshot.settings.threshold.rule.rawValue
        return context.snapshot.settings.activation.findsItsThreshold
            ? "b = \(Format.significant(b))" : "\(rule) b = \(Format.significant(b))"
    }

    /// What the index did, in words.
    private func sentence(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let snapshot = context.snapshot
        guard let statistics = snapshot.statistics, snapshot.n > 0, !snapshot.history.isEmpty else { return }
        let counts = StepCounts(snapshot)
        var words = [
            "d \(snapshot.d): \(statistics.kind.rawValue) tests \(Format.percent(counts.tested / Double(snapshot.n))) of the keys"
        ]
        if counts.work.visited > 0, statistics.kind != .tree, statistics.kind != .net {
            words.append(
                "\(Format.grouped(Int(counts.work.pruned))) of \(Format.grouped(Int(counts.work.visited))) blocks dropped"
            )
        } else if counts.work.visited > 0 {
            words.append(
                "nodes: \(Format.grouped(Int(counts.work.whole))) whole, \(Format.grouped(Int(counts.work.pruned))) pruned, "
                    + "\(Format.grouped(Int(counts.work.visited - counts.work.whole - counts.work.pruned))) crossing")
        }
        words.append("b costs \(Text.duration(counts.rule))")
        if snapshot.settings.index == .auto { words.append("auto: \(statistics.reason)") }
        buffer.put(
            words.joined(separator: "  \(context.glyphs.dot)  "), in: line, style: context.style(.muted),
            ellipsis: context.glyphs.ellipsis)
    }
}
