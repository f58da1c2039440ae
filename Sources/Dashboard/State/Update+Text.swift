import Screen
import Simulation

/// What a person does while a line is open: every key is a letter of it but those that end it.
func updateTyping(_ state: inout DashboardState, _ key: Key) -> [Effect] {
    if case .help(let page) = state.overlay { return updateSearch(&state, page, key) }
    guard let line = state.text.line else { return [] }
    switch key {
    case .character(let character):
        if line.utf8.count < TextState.longestLine { state.text.line = line + String(character) }
    case .backspace: state.text.line = String(line.dropLast())
    case .escape: state.text.line = nil
    case .control("c"):
        state.text.line = nil
        return [.quit]
    case .enter:
        state.text.line = nil
        guard !line.isEmpty else { return [] }
        state.frozen = nil
        return [.engine(.type(Array(line.utf8)))]
    default: break
    }
    return []
}

/// Opens a line in the Text view.
func openLine(_ state: inout DashboardState) -> [Effect] {
    state.text.line = ""
    state.overlay = nil
    return state.view == .text ? [] : show(&state, .text)
}

/// The next light: all heads, then each by itself. The heads of a model are numbered through.
func nextLight(_ state: inout DashboardState, by steps: Int) -> [Effect]? {
    guard state.view == .text, state.settings.workload == .model else { return nil }
    let lights = max(1, state.live.heads) + 1
    let present = state.text.showsAllHeads ? 0 : (state.settings.head ?? 0) + 1
    let next = ((present + steps) % lights + lights) % lights
    state.text.showsAllHeads = next == 0
    guard next > 0, next - 1 != state.settings.head ?? 0 else {
        state.toast("the light of \(next == 0 ? "all heads" : state.live.text?.headName ?? "head 0")")
        return []
    }
    state.settings.head = next - 1
    return [.engine(.set(state.settings))]
}

extension TextState {
    /// Bytes that a line takes.
    static let longestLine = 1000
}
