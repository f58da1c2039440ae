import Screen

/// Opens and closes what lies over the view; in the help, Enter runs the selected key.
func updateOverlay(_ state: inout DashboardState, _ action: Action) -> [Effect] {
    switch (action, state.overlay) {
    case (.help, nil):
        state.overlay = .help(HelpPage())
    case (.help, .some):
        state.overlay = nil
    case (.search, _):
        var page = HelpPage()
        (page.search, page.isTyping) = ("", true)
        state.overlay = .help(page)
    case (.palette, _):
        var page = HelpPage(tab: .keys)
        (page.search, page.isTyping, page.isPalette) = ("", true, true)
        state.overlay = .help(page)
    case (.nextPanel, .help(var page)):
        page = HelpPage(tab: page.tab == .words ? .keys : .words)
        state.overlay = .help(page)
    case (.close, .help(var page)) where page.search != nil:
        page.search = nil
        page.selected = 0
        state.overlay = .help(page)
    case (.close, .some):
        state.overlay = nil
    case (.close, nil):
        if state.isExpanded { state.isExpanded = false } else { state.toasts.removeAll() }
    case (.confirm, .help(let page)):
        guard let action = HelpItems(state, page: page).action(of: page.selected) else { return [] }
        state.overlay = nil
        return update(&state, action)
    case (.themes, .themes): state.overlay = nil
    case (.themes, _): state.overlay = .themes(selected: state.themeIndex)
    case (.confirm, .themes(let selected)):
        state.overlay = nil
        state.themeIndex = state.themes.indices.contains(selected) ? selected : 0
        let chosen = state.theme.name
        state.toast("theme \(chosen)")
        state.demo?.ownTheme = chosen
    case (.confirm, nil) where state.view == .heads:
        return goToHead(&state)
    default:
        break
    }
    return []
}

/// The arrows in the help: to another line, within those that there are.
func moveInHelp(_ state: inout DashboardState, _ page: HelpPage, by dy: Int) {
    var page = page
    let last = max(0, HelpItems(state, page: page).selectable.count - 1)
    page.selected = min(max(0, page.selected + dy), last)
    state.overlay = .help(page)
}

/// A key while a search is typed.
func updateSearch(_ state: inout DashboardState, _ page: HelpPage, _ key: Key) -> [Effect] {
    var page = page
    let search = page.search ?? ""
    switch key {
    case .character(let character):
        guard search.count < HelpPage.longest else { break }
        (page.search, page.selected) = (search + String(character), 0)
    case .backspace: (page.search, page.selected) = (String(search.dropLast()), 0)
    case .escape where page.isPalette:
        state.overlay = nil
        return []
    case .escape: (page.search, page.isTyping, page.selected) = (nil, false, 0)
    case .control("c"): return [.quit]
    case .enter where page.isPalette:
        guard let action = HelpItems(state, page: page).action(of: page.selected) else { break }
        state.overlay = nil
        return update(&state, action)
    case .enter: page.isTyping = false
    case .up, .down:
        moveInHelp(&state, page, by: key == .up ? -1 : 1)
        return []
    default: break
    }
    state.overlay = .help(page)
    return []
}
