import Evaluation
import Simulation

/// Moves the cursor among the heads, and stops at the edges.
func moveHeadCursor(_ state: inout DashboardState, dx: Int, dy: Int) {
    guard let grid = HeadGrid(state) else { return }
    if let layout = HeadsLayout(state, grid), layout.perLine < layout.heads.count {
        // A line of the picture is not a layer here.
        let head = grid.cursor.head + dx + dy * layout.perLine
        guard layout.heads.contains(head) else { return }
        state.heads.cursor = .init(row: 0, head: head)
        return
    }
    let row = min(max(grid.cursor.row + dy, 0), grid.layers.count - 1)
    state.heads.cursor = .init(row: row, head: min(max(grid.cursor.head + dx, 0), grid.layers[row].heads - 1))
}

/// Sets the cursor to a place of the screen.
func pointAtHead(_ state: inout DashboardState, x: Int, y: Int) {
    guard let grid = HeadGrid(state), let spot = HeadsLayout(state, grid)?.spot(atX: x, y: y, in: grid) else { return }
    state.heads.cursor = spot
}

/// Moves the whole dashboard to the head under the cursor.
func goToHead(_ state: inout DashboardState) -> [Effect] {
    guard let grid = HeadGrid(state) else { return [] }
    guard grid.isElsewhere else {
        state.toast("\(grid.name(of: grid.cursor)) is shown already; the arrows choose another")
        return []
    }
    state.frozen = nil
    state.settings = state.settings.choosing(head: grid.number(of: grid.cursor), of: grid.layers)
    state.toast(grid.name(of: grid.cursor))
    return [.engine(.set(state.settings))]
}

/// Chooses another figure of those that were measured.
func nextFigure(_ state: inout DashboardState, by steps: Int) {
    guard state.settings.request.shape == nil else {
        state.toast("the panel beside the picture has both figures of a layer's heads", .warning)
        return
    }
    guard state.settings.workload != .model else {
        state.toast("of a model's heads the keys reported are known; a trace has more figures", .warning)
        return
    }
    let all = HeadFigure.all
    // What no head has is left out: times, and what belongs to sinks.
    let known = (state.shown.survey?.figures.values).map { heads in
        all.indices.filter { i in heads.contains { all[i].value($0) != nil } }
    }
    let offered = known.flatMap { $0.isEmpty ? nil : $0 } ?? Array(all.indices)
    let place = offered.firstIndex { $0 >= state.heads.figure } ?? 0
    state.heads.figure = offered[((place + steps) % offered.count + offered.count) % offered.count]
    let figure = all[state.heads.figure]
    state.toast("\(figure.name): \(figure.meaning)")
}
