import Screen
import Simulation

/// What the planner chose and why, the newest first.
struct PlannerPanel: Panel {
    let title = "planner"

    func note(_ context: RenderContext) -> String {
        context.snapshot.settings.index == .auto ? "auto" : "index set by hand"
    }

    /// What was predicted of a step through the choice, beside what is measured.
    private func comparison(_ snapshot: Snapshot) -> String? {
        guard snapshot.settings.index == .auto, let expected = snapshot.statistics?.expectedMicroseconds,
            let measured = SpeedUp(snapshot)?.hsr
        else { return nil }
        return "a step: \(Text.duration(1e-6 * expected)) predicted, \(Text.duration(measured)) measured"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        var row = 0
        if let line = comparison(context.snapshot) {
            buffer.put(line, in: rect, row: row, style: context.style(.muted), ellipsis: context.glyphs.ellipsis)
            row += 1
        }
        for (i, entry) in context.snapshot.plannerLog.reversed().enumerated() where row < rect.height {
            for (j, line) in entry.wrapped(to: rect.width - 2, rows: rect.height - row).enumerated() {
                buffer.put(
                    line, in: rect.inset(left: j == 0 ? 0 : 2), row: row, style: context.style(i == 0 ? .text : .muted),
                    ellipsis: context.glyphs.ellipsis)
                row += 1
            }
        }
    }
}
