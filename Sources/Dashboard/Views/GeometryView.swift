import Screen
import Simulation

//  ┌ geometry ──────────────── keys seen along the query ┐┌ one query ── step 1 284 ┐
//  │            score < b │ score ≥ b: in the half-space ││ ██ pruned        58 970 │
//  │     ⣠⣴⣶⣿⣿⣷⣶⣄⡀   +++  │ ●●●                          ││ ██ tested         5 274 │
//  │    ⢠⣿⣿⣿⣿⣿⣿⣿⣿⣧  +++++ │ ●●●●  ●             ▸q       ││ missed 0 extra 0 ✓ exact│
//  │     ⠙⠻⠿⣿⣿⠿⠟⠋    +++  │ ●●                           │└─────────────────────────┘
//  │  ▁▂▃▄▅▆▇██▇▆▅▄▃▂▂▂▁▁▁│▁▁▁                           │┌ how to read it ─────────┐
//  │ -4       -2        0 b 3.02   4              score → ││ Across: how far ...     │
//  └──────────────────────────────────────────────────────┘└─────────────────────────┘

/// The keys seen along the newest query, and what became of each.
struct GeometryView: View {
    let title = "Geometry"
    let explanation = "the keys along the query, and what became of each"
    let panels: [any Panel] = [GeometryPanel(), OneQueryPanel(), LevelsPanel(), ReadingPanel()]

    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)] {
        let side = area.width >= 160 ? 46 : area.width >= 110 ? 42 : 26
        let columns = area.columns([.share(1), .fixed(side)], gap: area.width >= 100 ? 1 : 0)
        let query = area.height >= 28 ? 13 : 9
        // Where there is room: what the query met on its way down, level by level.
        let levels = area.height >= 44 ? 18 : 0
        let right = columns[1].rows([.fixed(query), .fixed(levels), .share(1)])
        return [(0, columns[0]), (1, right[0]), (2, right[1]), (3, right[2])].filter { !$0.1.isEmpty }
    }

    func wants(in state: DashboardState) -> Wants { Wants(details: [.geometry, .levels]) }

    func table(_ snapshot: Snapshot) -> SavedTable { .bins(snapshot) }
}
