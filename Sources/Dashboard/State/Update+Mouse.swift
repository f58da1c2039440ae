import Screen

/// A click runs a key of the bottom line, selects a parameter or focuses a panel; the wheel turns a parameter or zooms;
/// the plane of the Geometry view is dragged.
func updateMouse(_ state: inout DashboardState, _ event: MouseEvent) -> [Effect] {
    guard state.width >= Renderer.least.width, state.height >= Renderer.least.height else { return [] }
    if let overlay = state.overlay { return updateOverlayMouse(&state, overlay, event) }
    if let effects = dragPlane(&state, event) { return effects }
    switch event.kind {
    case .press: return press(&state, event)
    case .drag: point(&state, event)
    case .wheelUp, .wheelDown: return turn(&state, event)
    case .release: break
    }
    return []
}

private func press(_ state: inout DashboardState, _ event: MouseEvent) -> [Effect] {
    if !state.toasts.isEmpty, ScreenAreas(state).footer.contains(x: event.x, y: event.y) {
        // A message lies over the keys: what is not seen is not clicked.
        state.toasts.removeAll()
        return []
    }
    switch ScreenAreas.target(atX: event.x, y: event.y, state) {
    case .keys(let bindings):
        if bindings.count == 1 { return update(&state, bindings[0].action) }
        // Several keys share the entry: the list of them opens, to choose one.
        _ = update(&state, .palette)
        if case .help(var page) = state.overlay {
            page.search = bindings[0].short
            state.overlay = .help(page)
        }
    case .action(let action): return update(&state, action)
    case .parameter(let parameter):
        if let refusal = parameter.refusal(in: state.settings, snapshot: state.live) {
            state.toast(refusal, .warning)
        } else {
            state.selected = parameter
        }
    case .panel, nil: point(&state, event)
    }
    return []
}

/// Focuses a panel and sets the cursor.
private func point(_ state: inout DashboardState, _ event: MouseEvent) {
    if let panel = ScreenAreas.panel(atX: event.x, y: event.y, state) { state.focus = panel }
    if state.view == .heatmap { setCursor(&state, x: event.x, y: event.y) }
    if state.view == .heads { pointAtHead(&state, x: event.x, y: event.y) }
}

/// The wheel.
private func turn(_ state: inout DashboardState, _ event: MouseEvent) -> [Effect] {
    let steps = event.kind == .wheelUp ? 1 : -1
    if case .parameter(let parameter) = ScreenAreas.target(atX: event.x, y: event.y, state) {
        return update(&state, .change(parameter, by: steps))
    }
    guard state.view == .heatmap, ScreenAreas(state).view.contains(x: event.x, y: event.y) else { return [] }
    setCursor(&state, x: event.x, y: event.y)
    return updateHeatmap(&state, .zoom(by: steps))
}

private func setCursor(_ state: inout DashboardState, x: Int, y: Int) {
    let picture = HeatmapLayout(state).picture
    guard picture.contains(x: x, y: y) else { return }
    let perCell = Palette.rowsPerCell(depth: state.depth, glyphs: state.glyphs)
    state.heatmap.cursor = .init(column: x - picture.x, row: (y - picture.y) * perCell)
}
