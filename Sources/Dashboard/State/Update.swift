import PlainText
import Simulation

/// The next state and what to do about it: the only place where the state changes.
public func update(_ state: inout DashboardState, _ action: Action) -> [Effect] {
    if action.isTouch { state.demo?.touchedAt = state.now }
    if let refusal = action.refusal(in: state) {
        state.toast(refusal, .warning)
        return []
    }
    return updateDemo(&state, action) ?? updateDashboard(&state, action)
}

/// What the dashboard makes of an action by itself, whether or not a demo plays.
func updateDashboard(_ state: inout DashboardState, _ action: Action) -> [Effect] {
    switch action {
    case .leave, .quit: return [.quit]
    case .suspend: return [.suspend]
    case .redraw: return [.redraw]
    case .save:
        // A key held down or a text pasted asks thousands of times.
        guard state.now >= state.lastSave + 1 else { return [] }
        state.lastSave = state.now
        return [.save]
    case .copy:
        guard state.now >= state.lastCopy + 1 else { return [] }
        state.lastCopy = state.now
        return [.copy]
    case .help, .search, .palette, .close, .confirm, .themes: return updateOverlay(&state, action)
    case .pause, .step, .freeze, .pace: return updateRun(&state, action)
    case .show(let view):
        return show(&state, view)
    case .nextPanel:
        if case .help = state.overlay { return updateOverlay(&state, action) }
        state.focus = (state.focus + 1) % state.view.panels.count
        if !state.isExpanded { state.toast("focus: \(state.view.panels[state.focus].title)") }
    case .expand:
        state.isExpanded.toggle()
    case .theme(let by):
        let count = max(1, state.themes.count)
        func next(_ index: Int) -> Int { ((index + by) % count + count) % count }
        if case .themes(let selected) = state.overlay {
            state.overlay = .themes(selected: next(selected))
        } else {
            state.themeIndex = next(state.themeIndex)
            state.toast("theme \(state.theme.name)")
        }
    case .openLine: return openLine(&state)
    case .typed(let key): return updateTyping(&state, key)
    case .change(let parameter, let by):
        if parameter == .head, let effects = nextLight(&state, by: by) { return effects }
        return change(&state, parameter, by: by)
    case .moveThreshold(let b): return moveThreshold(&state, to: b)
    case .defaults:
        return restoreDefaults(&state)
    case .prefill(let kind):
        return runPrefill(&state, kind)
    case .move(let dx, let dy):
        return move(&state, dx: dx, dy: dy)
    case .slowMotion: return startSlowMotion(&state)
    case .hud:
        state.showsHUD.toggle()
    case .mouse:
        state.usesMouse.toggle()
        state.toast(state.usesMouse ? "mouse on" : "mouse off: the terminal selects text")
        return [.mouse(state.usesMouse)]
    case .zoom, .fit, .ringOrScroll, .scale, .order:
        return updateHeatmap(&state, action)
    case .figure(let by): nextFigure(&state, by: by)
    case .pointed(let event):
        return updateMouse(&state, event)
    case .received(let snapshot):
        return receive(&state, snapshot)
    case .tick(let now):
        state.now = max(state.now, now)
        state.toasts.removeAll { state.now - $0.born >= Toast.lifetime }
        return updateGlide(&state) + updateSlowMotion(&state) + updatePrefillTelling(&state)
    case .resized(let width, let height):
        state.width = width
        state.height = height
    case .themesChanged(let themes):
        // A theme that can no longer be read stays as it was: the last good one.
        guard !themes.isEmpty else { return [] }
        let (tried, kept) = (state.theme, state.keptTheme)
        state.themes = themes
        for present in [kept, tried] where !state.themes.contains(where: { $0.name == present.name }) {
            state.themes.append(present)
        }
        func place(_ theme: Theme) -> Int { state.themes.firstIndex { $0.name == theme.name } ?? 0 }
        state.themeIndex = place(kept)
        if case .themes = state.overlay { state.overlay = .themes(selected: place(tried)) }
    case .measured(let cost):
        state.cost = cost
    case .demo: break  // A demo's own, or refused.
    case .notice(let text, let kind):
        state.toast(text, kind)
    }
    return []
}

extension DashboardState {
    /// Shows a message; the newest two stay, and the same text is never shown twice.
    mutating func toast(_ text: String, _ kind: Toast.Kind = .info) {
        // Names of files and themes are in it.
        let text = text.plain(400)
        toasts.removeAll { $0.text == text }
        toasts.append(Toast(text: text, kind: kind, born: now))
        if toasts.count > 2 { toasts.removeFirst(toasts.count - 2) }
    }
}
