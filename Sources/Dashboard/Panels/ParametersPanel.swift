import Screen
import Simulation

/// The parameters with the keys that turn them; the one that the arrows turn is marked.
struct ParametersPanel: Panel {
    let title = "parameters"

    func note(_ context: RenderContext) -> String { Self.threshold(context) }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        for (parameter, slot) in Self.slots(in: rect, settings: context.state.settings) {
            draw(parameter, in: slot, into: &buffer, context)
        }
        if rect.height >= 3 { sentence(in: rect.row(2), into: &buffer, context) }
    }

    /// What the panel draws into: without a frame on a small screen.
    static func inside(_ area: Rect) -> Rect {
        area.height >= 5 ? area.inset(left: 2, top: 1, right: 2, bottom: 1) : area.inset(left: 1, right: 1)
    }

    /// Each parameter and where it stands: drawing and the mouse agree on it.
    static func slots(in rect: Rect, settings: Simulation.Settings) -> [(parameter: Parameter, rect: Rect)] {
        let all = Parameter.shown(in: settings)
        let lines = rect.height >= 3 ? 2 : rect.height
        guard lines > 0 else { return [] }
        let perLine = (all.count + lines - 1) / lines
        return all.enumerated().map { i, parameter in
            let (place, line) = (i % perLine, i / perLine)
            let spare = max(0, perLine * (line + 1) - all.count)
            // In a line that is not full the one before the last, the index, has the room of those that are missing.
            let isLast = i == all.count - 1
            let first = isLast ? place + spare : place
            let end = i == all.count - 2 && place + 1 < perLine ? first + 1 + spare : first + 1
            // Rounded running widths hand out every column.
            let left = rect.width * first / perLine
            let right = rect.width * end / perLine
            let width = right - left - (right < rect.width ? 1 : 0)
            return (parameter, Rect(x: rect.x + left, y: rect.y + line, width: width, height: 1))
        }
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
        guard let b = context.record?.threshold else { return "" }
        let rule = context.snapshot.settings.threshold.rule.rawValue
        return context.snapshot.settings.activation.findsItsThreshold
            ? "b = \(Format.significant(b))" : "\(rule) b = \(Format.significant(b))"
    }

    /// What the index did and what the planner expected, in words: of these facts those that fit.
    private func sentence(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let facts = Text.fitting(Self.facts(context), between: "  \(context.glyphs.dot)  ", width: line.width)
        buffer.put(facts, in: line, style: context.style(.muted))
    }

    /// How often the error rule's goal was missed, of the measured steps that are remembered.
    private static func goal(_ snapshot: Snapshot) -> String? {
        guard snapshot.settings.threshold.rule == .error else { return nil }
        let judged = snapshot.recentSteps(1024).compactMap(\.missedGoal)
        guard !judged.isEmpty else { return nil }
        return "\(snapshot.settings.threshold.goal.name): missed \(judged.count { $0 }) of \(judged.count)"
    }

    /// The most telling first.
    private static func facts(_ context: RenderContext) -> [String] {
        let snapshot = context.snapshot
        guard let statistics = snapshot.statistics, snapshot.n > 0, !snapshot.history.isEmpty else { return [] }
        let counts = StepCounts(snapshot)
        var facts = [
            "d \(snapshot.d): \(statistics.kind.rawValue) tests \(Format.percent(counts.tested / Double(snapshot.n))) of the keys"
        ]
        if let goal = Self.goal(snapshot) { facts.append(goal) }
        if snapshot.settings.index == .auto { facts.append("auto: \(statistics.choice)") }
        let (visited, pruned) = (Int(counts.work.visited), Int(counts.work.pruned))
        if visited > 0, let part = statistics.kind.description.groups {
            facts.append("\(Format.grouped(pruned)) of \(Format.grouped(visited)) \(part) dropped")
        } else if visited > 0 {
            let whole = Int(counts.work.whole)
            facts.append(
                "nodes: \(Format.grouped(whole)) whole, \(Format.grouped(pruned)) pruned, "
                    + "\(Format.grouped(visited - whole - pruned)) crossing")
        }
        facts.append("b costs \(Text.duration(counts.rule))")
        return facts
    }
}
