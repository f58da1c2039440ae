import Screen
import Simulation

/// Zoom, pan, cursor, order and scale of the heatmap.
func updateHeatmap(_ state: inout DashboardState, _ action: Action) -> [Effect] {
    switch action {
    case .zoom(let steps): zoom(&state, in: steps > 0)
    case .fit:
        state.heatmap.window = nil
        state.toast("all keys")
    case .ringOrScroll:
        state.heatmap.scrolls.toggle()
        state.toast(
            state.heatmap.scrolls
                ? "scroll: the newest row at the bottom" : "ring: the newest row overwrites the oldest")
    case .scale:
        let all = HeatmapState.Scale.allCases
        let place = all.firstIndex(of: state.heatmap.scale) ?? 0
        state.heatmap.scale = all[(place + 1) % all.count]
        state.toast(state.heatmap.scale.title)
    case .order:
        let progress = state.heatmap.orderProgress
        state.heatmap.followsIndex.toggle()
        state.heatmap.window = nil
        state.heatmap.glide = .init(progress: progress)
        state.heatmap.orderAskedAt = state.now
        return [.engine(.watch(state.view.wants(in: state).details))]
    default: break
    }
    return []
}

/// Lets columns glide into the index's order or back, within a second of the order's being there.
func updateGlide(_ state: inout DashboardState) -> [Effect] {
    guard var glide = state.heatmap.glide else { return [] }
    guard let began = glide.began else {
        guard state.shown.order != nil else {
            if state.now > state.heatmap.orderAskedAt + HeatmapState.Glide.patience { state.heatmap.glide = nil }
            return []
        }
        glide.began = state.now
        state.heatmap.glide = glide
        state.toast(orderSentence(state))
        return [.draw]
    }
    let share = min(1, max(0, (state.now - began) / HeatmapState.Glide.seconds))
    // Slow at both ends, so that the eye can follow.
    let eased = share * share * (3 - 2 * share)
    glide.progress = state.heatmap.followsIndex ? eased : 1 - eased
    state.heatmap.glide = share < 1 ? glide : nil
    return share < 1 ? [.draw] : [.draw, .engine(.watch(state.view.wants(in: state).details))]
}

/// What another order makes of the newest row.
private func orderSentence(_ state: DashboardState) -> String {
    let name = state.heatmap.followsIndex ? "columns in the order of the index" : "columns in order of position"
    guard let runs = HeatRuns(state.shown), let byIndex = runs.byIndex else { return name }
    let (from, to) = state.heatmap.followsIndex ? (runs.byPosition, byIndex) : (byIndex, runs.byPosition)
    let keys = Format.grouped(runs.keys)
    return "\(name): \(keys) keys, in \(Format.grouped(from)) runs before, now in \(Format.grouped(to))"
}

/// Moves the cursor; at the edge of a zoomed picture the keys move under it.
func moveCursor(_ state: inout DashboardState, dx: Int, dy: Int) {
    let layout = HeatmapLayout(state)
    let rows = layout.picture.height * Palette.rowsPerCell(depth: state.depth, glyphs: state.glyphs)
    var cursor = state.heatmap.cursor ?? .init(column: layout.picture.width / 2, row: rows / 2)
    let axis = state.heatmap.axis(of: state.shown, columns: layout.picture.width)
    let whole = KeyAxis.whole(of: state.shown, columns: layout.picture.width)
    if dx != 0, !(0..<layout.picture.width).contains(cursor.column + dx) {
        state.heatmap.pan(by: dx * max(1, layout.picture.width / 8), axis: axis, whole: whole)
    }
    cursor.column = max(0, min(cursor.column + dx, layout.picture.width - 1))
    cursor.row = max(0, min(cursor.row + dy, rows - 1))
    state.heatmap.cursor = cursor
}

private func zoom(_ state: inout DashboardState, in isIn: Bool) {
    let columns = HeatmapLayout(state).picture.width
    let axis = state.heatmap.axis(of: state.shown, columns: columns)
    state.heatmap.zoom(
        in: isIn, around: max(0, min(state.heatmap.cursor?.column ?? columns / 2, columns - 1)), axis: axis,
        whole: .whole(of: state.shown, columns: columns))
}
