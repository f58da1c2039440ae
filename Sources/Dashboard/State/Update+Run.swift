import Simulation

/// Pause, single steps, freeze and pace.
func updateRun(_ state: inout DashboardState, _ action: Action) -> [Effect] {
    switch action {
    case .pause:
        state.isPaused.toggle()
        return [.engine(.pause(state.isPaused))]
    case .step:
        defer { state.isPaused = true }
        return (state.isPaused ? [] : [.engine(.pause(true))]) + [.engine(.step(1))]
    case .freeze:
        // The badge says it; a message that goes away would change a picture that stands still.
        state.frozen = state.isFrozen ? nil : state.live
        state.toasts.removeAll()
        return []
    case .pace(let by):
        let ladder = Pace.ladder
        let place = ladder.firstIndex(of: state.pace) ?? ladder.firstIndex(of: .initial) ?? 0
        state.pace = ladder[min(max(place + by, 0), ladder.count - 1)]
        state.toast("pace \(state.pace.title)")
        return [.engine(.pace(state.pace))]
    default:
        return []
    }
}

extension Pace {
    /// "20 steps/s" or "full speed".
    var title: String {
        switch self {
        case .stepsPerSecond(let rate): "\(Text.short(rate)) steps/s"
        case .full: "full speed"
        }
    }
}
