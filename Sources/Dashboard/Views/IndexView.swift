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
    let title = "Index"
    let explanation = "levels, Part 1 beside Part 2, costs, planner"
    let panels: [any Panel] = [
        LevelsPanel(), PartsPanel(), IndexCostPanel(), PlannerPanel(), BreakEvenPanel(),
    ]

    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)] {
        let columns = area.columns([.share(1), .share(1)], gap: area.width >= 100 ? 1 : 0)
        let small = area.height < 28
        // Where there is room, when the index has paid; the planner's reasons are few lines.
        let hasPlot = area.height >= 32
        let right = columns[1].rows([
            .fixed(9), .fixed(small ? 7 : 9), hasPlot ? .share(1) : .fixed(0), hasPlot ? .fixed(6) : .share(1),
        ])
        return [(0, columns[0]), (1, right[0]), (2, right[1]), (4, right[2]), (3, right[3])].filter { !$0.1.isEmpty }
    }

    func wants(in state: DashboardState) -> Wants { Wants(details: [.levels, .parts, .tree]) }

    func table(_ snapshot: Snapshot) -> SavedTable { .levels(snapshot) }
}
