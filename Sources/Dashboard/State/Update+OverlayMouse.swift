import Screen

/// The mouse where something lies over the view: a click runs a line of the keys, goes to a chapter, tries a theme and
/// keeps it if it was tried already; the wheel goes from line to line; a click beside it closes it.
func updateOverlayMouse(
    _ state: inout DashboardState, _ overlay: DashboardState.Overlay, _ event: MouseEvent
) -> [Effect] {
    switch event.kind {
    case .wheelUp, .wheelDown: return update(&state, .move(dx: 0, dy: event.kind == .wheelUp ? -1 : 1))
    case .drag, .release: return []
    case .press: break
    }
    let screen = Rect(x: 0, y: 0, width: state.width, height: state.height)
    func line(_ rows: [(number: Int, rect: Rect)]) -> Int? {
        rows.first { $0.rect.contains(x: event.x, y: event.y) }?.number
    }
    var inside: Rect
    switch overlay {
    case .chapters(let selected):
        let count = state.demo?.demo.chapters.count ?? 0
        inside = ChapterList.inside(screen, count: count)
        if let number = line(ChapterList.rows(in: inside, count: count, selected: selected)) {
            state.overlay = .chapters(selected: number)
            return update(&state, .confirm)
        }
    case .themes(let selected):
        let count = state.themes.count
        inside = ThemeList.inside(ScreenAreas(state).view, count: count)
        if let number = line(ThemeList.rows(in: inside, count: count, selected: selected)) {
            if number == selected { return update(&state, .confirm) }
            state.overlay = .themes(selected: number)
            return []
        }
    case .help(let page):
        let list = HelpOverlay.list(of: state, page: page)
        inside = list.inside
        if let number = line(list.rows) {
            guard let action = HelpItems(state, page: page).action(of: number) else { return [] }
            state.overlay = nil
            return update(&state, action)
        }
    }
    // The frame belongs to it.
    inside = inside.inset(left: -2, top: -1, right: -2, bottom: -1)
    if !inside.contains(x: event.x, y: event.y) { state.overlay = nil }
    return []
}
