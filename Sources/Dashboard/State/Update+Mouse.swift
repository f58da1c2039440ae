import Screen

/// A click focuses a panel and sets the cursor, the wheel zooms.
func updateMouse(_ state: inout DashboardState, _ event: MouseEvent) -> [Effect] {
    guard state.overlay == nil, state.width >= Renderer.least.width, state.height >= Renderer.least.height else {
        return []
    }
    switch event.kind {
    case .press, .drag:
        if let panel = ScreenAreas.panel(atX: event.x, y: event.y, state) { state.focus = panel }
        if state.view == .heatmap { setCursor(&state, x: event.x, y: event.y) }
        if state.view == .heads { pointAtHead(&state, x: event.x, y: event.y) }
    case .wheelUp, .wheelDown:
        guard state.view == .heatmap else { return [] }
        setCursor(&state, x: event.x, y: event.y)
        return updateHeatmap(&state, .zoom(by: event.kind == .wheelUp ? 1 : -1))
    case .release: break
    }
    return []
}

private func setCursor(_ state: inout DashboardState, x: Int, y: Int) {
    let picture = HeatmapLayout(state).picture
    guard picture.contains(x: x, y: y) else { return }
    let perCell = Palette.rowsPerCell(depth: state.depth, glyphs: state.glyphs)
    state.heatmap.cursor = .init(column: x - picture.x, row: (y - picture.y) * perCell)
}
