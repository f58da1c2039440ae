import Attention
import Screen
import Simulation

/// The plane of the Geometry view in a person's hand: where it was taken, and what b was there.
public struct PlaneGrip: Sendable, Equatable {
    /// The column of the screen that it was dragged to.
    var column: Int
    /// b and the rule's offset when it was taken, and the standard deviation of that query's scores.
    var b: Double
    var offset: Double
    var scores: ScoreSpread
}

/// Takes the plane where it stands under the mouse, moves it along with it, and lets it go; nil where the mouse is
/// elsewhere.
func dragPlane(_ state: inout DashboardState, _ event: MouseEvent) -> [Effect]? {
    guard let map = GeometryPanel.map(of: state) else {
        state.grip = nil
        return nil
    }
    switch event.kind {
    case .press:
        state.grip = nil
        let edge = Double(map.area.width - 1)
        // Beyond the edge it is taken at the edge.
        let x = map.frame.line.isFinite ? min(max(map.x(map.frame.line), 0), edge) : map.frame.line > 0 ? edge : 0
        guard map.area.contains(x: event.x, y: event.y), abs(event.x - map.area.x - Int(held: x)) <= 1 else {
            return nil
        }
        let context = RenderContext(state, cache: RenderCache())
        guard let record = context.record, let scores = record.scores, scores.deviation > 0 else { return nil }
        if let refusal = Action.moveThreshold(to: 0).refusal(in: state) {
            state.toast(refusal, .warning)
            return []
        }
        state.focus = 0
        let b = map.frame.line.isFinite ? map.score(map.frame.line) : record.threshold
        state.grip = PlaneGrip(
            column: event.x, b: b, offset: state.shown.settings.threshold.offset, scores: scores)
        return []
    case .drag:
        guard let grip = state.grip else { return nil }
        let column = min(max(event.x, map.area.x), map.area.right - 1)
        guard column != grip.column else { return [] }
        state.grip?.column = column
        return update(&state, .moveThreshold(to: map.score(map.across(Double(column - map.area.x) + 0.5))))
    case .release:
        defer { state.grip = nil }
        return state.grip == nil ? nil : []
    case .wheelUp, .wheelDown: return nil
    }
}

/// Turns the rule's offset, or b itself where a person sets it, so that b comes to a score.
func moveThreshold(_ state: inout DashboardState, to b: Double) -> [Effect] {
    guard let grip = state.grip, b.isFinite else { return [] }
    var next = state.settings
    if next.threshold.rule == .manual {
        (next.threshold.manual, next.threshold.offset) = ((b * 1000).rounded() / 1000, 0)
    } else {
        let offset = grip.offset + (b - grip.b) / grip.scores.deviation
        next.threshold.offset = (min(max(offset, -5), 5) * 100).rounded() / 100
    }
    guard next != state.settings else { return [] }
    state.settings = next
    state.selected = .offset
    state.toasts.removeAll()
    var record = StepRecord()
    (record.threshold, record.scores) = (b, grip.scores)
    state.toast(Header.threshold(record) + (state.isPaused ? "; . takes a step with it" : ""))
    return [.engine(.set(next))]
}
