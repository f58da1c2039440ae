import Screen
import Simulation

//  120 × 40
//  ┌ time against n ─────────────────────────┐┌ HSR grows as ──────┐
//  │ 1 ms               × ×   naive n^0.98   ││      n^0.56        │
//  │              × ×         n              ││ naive grows as ... │
//  │          ×  ×      ● ●   n^0.8          │└────────────────────┘
//  │    ×  ×  ● ● ● ● ●       ● d 4 n^0.56   │┌ points ────────────┐
//  │ 1 µs                                    ││  n   naive  HSR  × │
//  │    256  1k  4k  16k  64k  256k   1M     │└────────────────────┘
//  └─────────────────────────────────────────┘┌ curves kept ───────┐
//                                             └────────────────────┘

/// Time against n, measured between the steps of the stream while the view is shown.
struct ScalingView: View {
    let title = "Scaling"
    let explanation = "time against n, with exponents, measured while shown"
    let panels: [any Panel] = [ScalingPlotPanel(), GrowthPanel(), SweepTablePanel(), CurvesPanel()]

    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)] {
        let side = area.width >= 160 ? 68 : area.width >= 110 ? 41 : 29
        let columns = area.columns([.share(1), .fixed(side)], gap: area.width >= 100 ? 1 : 0)
        let growth =
            area.height >= 44
            ? 14
            : area.height >= 30 ? (traits.glyphs == .ascii ? 11 : 10) : traits.glyphs == .ascii ? 8 : 6
        // A row for each n of a whole sweep, a head and a note, where there is room; the curves have the rest.
        let table = area.height >= 44 ? Length.fixed(18) : .share(1)
        let curves = area.height >= 44 ? Length.share(1) : .fixed(area.height >= 28 ? 7 : 0)
        let right = columns[1].rows([.fixed(growth), table, curves])
        return [(0, columns[0]), (1, right[0]), (2, right[1]), (3, right[2])].filter { !$0.1.isEmpty }
    }

    func wants(in state: DashboardState) -> Wants { Wants(sweep: true) }

    func table(_ snapshot: Snapshot) -> SavedTable { .sweep(snapshot) }
}
