import Screen
import Simulation

//  ┌ levels ─────────────────────┐┌ Part 1 and Part 2 ────────┐
//  │  0 ▌                      1 ││          1: tree   2: net │
//  │  1 ▌▌                    16 ││ init      12 ms     80 ms │
//  │  2 ▒▒▓▓█                 96 ││ query    3.2 µs    1.9 µs │
//  │  3 ▒▒▒▒▒▒▒▓▓▓▓▓█        412 │└───────────────────────────┘
//  │                             │┌ index in use ─────────────┐
//  │                             │└───────────────────────────┘
//  │                             │┌ planner ──────────────────┐
//  └─────────────────────────────┘└───────────────────────────┘

/// What the index does for a query, what it costs, and why this one was chosen.
struct IndexView: View {
    let panels: [any Panel] = [LevelsPanel(), PartsPanel(), IndexCostPanel(), PlannerPanel()]

    func layout(in area: Rect, context: RenderContext) -> [(panel: Int, rect: Rect)] {
        let columns = area.columns([.share(1), .share(1)], gap: area.width >= 100 ? 1 : 0)
        let small = area.height < 28
        let right = columns[1].rows([.fixed(small ? 9 : 10), .fixed(small ? 7 : 8), .share(1)])
        return [(0, columns[0]), (1, right[0]), (2, right[1]), (3, right[2])]
    }
}
