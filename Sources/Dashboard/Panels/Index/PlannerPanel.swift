import Screen
import Simulation

/// What the planner chose and why, the newest first.
struct PlannerPanel: Panel {
    let title = "planner"

    func note(_ context: RenderContext) -> String {
        context.snapshot.settings.index == .auto ? "auto" : "index set by hand"
    }

    /// How far the stream is from what was predicted of its steps: a ratio, since the view's times are those of its race.
    private func comparison(_ snapshot: Snapshot) -> String? {
        guard snapshot.settings.index == .auto, let expected = snapshot.statistics?.expectedMicroseconds,
            let measured = SpeedUp(snapshot)?.hsr, expected > 0, measured > 0
        else { return nil }
        let ratio = 1e-6 * expected / measured
        let words = "the stream is \(Text.ratio(max(ratio, 1 / ratio)))× as \(ratio < 1 ? "slow" : "fast") as predicted"
        return (0.8...1.25).contains(ratio) ? "the stream is as fast as predicted" : words
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
