import HalfSpace
import Simulation

/// Turns a parameter that can be turned, or says that it is at its end.
func change(_ state: inout DashboardState, _ parameter: Parameter, by steps: Int) -> [Effect] {
    state.selected = parameter
    let next = parameter.stepped(
        state.settings, by: steps, snapshot: state.live, remembered: &state.remembered)
    guard next != state.settings else {
        let value = parameter.value(in: state.settings, snapshot: state.live)
        state.toast("\(parameter.title) stays at \(value): the \(steps > 0 ? "last" : "first") of its values")
        return []
    }
    state.indexSearch =
        parameter == .index ? IndexSearch(origin: state.settings.index, direction: steps > 0 ? 1 : -1) : nil
    let before = parameter.value(in: state.settings, snapshot: state.live)
    state.settings = next
    state.toast("\(parameter.title) \(before) → \(parameter.value(in: next, snapshot: Snapshot()))")
    return [.engine(.set(next))]
}

/// Every parameter back to its default; what is no parameter (seed, trace file) stays.
func restoreDefaults(_ state: inout DashboardState) -> [Effect] {
    var next = Settings()
    next.seed = state.settings.seed
    next.tracePath = state.settings.tracePath
    next.model = state.settings.model
    state.remembered = Remembered()
    state.indexSearch = nil
    guard next != state.settings else {
        state.toast("all parameters are at their defaults")
        return []
    }
    state.settings = next
    state.toast("all parameters back to their defaults")
    return [.engine(.set(next))]
}

/// Takes in the engine's newest, and walks on where an index that was asked for cannot serve.
func receive(_ state: inout DashboardState, _ snapshot: Snapshot) -> [Effect] {
    let (before, prefill) = (state.live.phase, state.live.prefill)
    state.live = snapshot
    tellPrefill(&state, before: prefill)
    switch snapshot.phase {
    case .running:
        state.indexSearch = nil
    case .failed(let reason):
        guard before != snapshot.phase else { return [] }
        guard let search = state.indexSearch, state.settings.index != search.origin else {
            state.toast(reason, .error)
            return []
        }
        var ignored = Remembered()
        state.settings = Parameter.index.stepped(
            state.settings, by: search.direction, snapshot: snapshot, remembered: &ignored)
        state.toast("\(reason); skipped", .warning)
        return [.engine(.set(state.settings))]
    case .preparing:
        break
    }
    return []
}
