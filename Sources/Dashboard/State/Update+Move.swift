import Simulation

/// The arrows: through the lines of an overlay, or through the parameters and their values.
func move(_ state: inout DashboardState, dx: Int, dy: Int) -> [Effect] {
    if case .help(let page) = state.overlay {
        moveInHelp(&state, page, by: dy)
        return []
    }
    if case .chapters(let selected) = state.overlay {
        let count = state.demo?.demo.chapters.count ?? 1
        state.overlay = .chapters(selected: min(max(selected + dy, 0), count - 1))
        return []
    }
    if case .themes(let selected) = state.overlay {
        state.overlay = .themes(selected: min(max(selected + dy, 0), state.themes.count - 1))
        return []
    }
    if state.view == .heatmap {
        moveCursor(&state, dx: dx, dy: dy)
        return []
    }
    if state.view == .heads {
        moveHeadCursor(&state, dx: dx, dy: dy)
        return []
    }
    if dy != 0 { return update(&state, .change(state.selected, by: -dy)) }
    let shown = Parameter.shown(in: state.settings)
    let place = shown.firstIndex(of: state.selected) ?? 0
    state.selected = shown[(place + dx + shown.count) % shown.count]
    return []
}

extension Parameter {
    /// The parameters of the strip: those that mean something in the present settings stand before the others.
    static func shown(in settings: Simulation.Settings) -> [Parameter] {
        let last: Parameter = settings.workload == .trace || settings.request.shape != nil ? .head : .budget
        return [.dimension, .alpha, .offset, .length, .activation, .rule, .workload, .index, last]
    }
}
