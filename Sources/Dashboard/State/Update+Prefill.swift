import Simulation

/// Starts Algorithm 2 and shows it, or stops the one that runs.
func runPrefill(_ state: inout DashboardState, _ kind: PrefillMask) -> [Effect] {
    switch state.live.prefill?.phase {
    case .building, .running:
        state.toast("prefill stopped: the rows answered so far stay; p begins anew")
        return [.engine(.prefill(nil))]
    default:
        state.toast(kind == .causal ? "prefill: causal" : "prefill: every query sees every key")
        return (state.view == .prefill ? [] : show(&state, .prefill)) + [.engine(.prefill(kind))]
    }
}
