/// Opens and closes what lies over the view; in the help, Enter runs the selected line.
func updateOverlay(_ state: inout DashboardState, _ action: Action) -> [Effect] {
    switch (action, state.overlay) {
    case (.help, nil):
        state.overlay = .help(selected: 0)
    case (.help, .some):
        state.overlay = nil
    case (.close, .some):
        state.overlay = nil
    case (.close, nil):
        if state.isExpanded { state.isExpanded = false } else { state.toasts.removeAll() }
    case (.confirm, .help(let selected)):
        let lines = BindingTable.standard.helpLines
        guard lines.indices.contains(selected) else { return [] }
        state.overlay = nil
        return update(&state, lines[selected].action)
    case (.confirm, nil) where state.view == .heads:
        return goToHead(&state)
    default:
        break
    }
    return []
}
