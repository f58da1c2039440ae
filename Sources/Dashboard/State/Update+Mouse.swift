import Screen

/// A click focuses a panel and sets the cursor, the wheel zooms.
func updateMouse(_ state: inout DashboardState, _ event: MouseEvent) -> [Effect] {
    guard state.overlay == nil, state.width >= Renderer.least.width, state.height >= Renderer.least.height else {
        return []
    }
    switch event.kind {
    case .press, .drag:
        focus(&state, x: event.x, y: event.y)
        if state.view == .heatmap { setCursor(&state, x: event.x, y: event.y) }
    case .wheelUp, .wheelDown:
        guard state.view == .heatmap else { return [] }
        setCursor(&state, x: event.x, y: event.y)
        return update(&state, .zoom(by: event.kind == .wheelUp ? 1 : -1))
    case .release: break
    }
    return []
}

private func focus(_ state: inout DashboardState, x: Int, y: Int) {
    guard !state.isExpanded else { return }
    let context = RenderContext(state, cache: RenderCache())
    let area = ScreenAreas(width: state.width, height: state.height, hasCaption: state.demo != nil).view
    let places = state.view.view.layout(in: area, context: context)
    if let hit = places.first(where: { $0.rect.contains(x: x, y: y) }) { state.focus = hit.panel }
}

private func setCursor(_ state: inout DashboardState, x: Int, y: Int) {
    let picture = HeatmapLayout(width: state.width, height: state.height, hasCaption: state.demo != nil).picture
    guard picture.contains(x: x, y: y) else { return }
    let perCell = Palette.rowsPerCell(depth: state.depth, glyphs: state.glyphs)
    state.heatmap.cursor = .init(column: x - picture.x, row: (y - picture.y) * perCell)
}
