import Simulation

/// Goes to a view: asks the engine for what it wants beside the stream, and takes back what the one before wanted.
func show(_ state: inout DashboardState, _ view: ViewKind) -> [Effect] {
    let (before, after) = (state.view.wants(in: state), view.wants(in: state))
    state.view = view
    state.focus = 0
    state.isExpanded = false
    var effects: [Effect] = []
    // Asked for again where it was wanted before: the first view that is shown was entered by nobody.
    if before.details != after.details || !after.details.isEmpty { effects.append(.engine(.watch(after.details))) }
    if before.sweep != after.sweep || after.sweep { effects.append(.engine(.sweep(after.sweep))) }
    return effects
}
