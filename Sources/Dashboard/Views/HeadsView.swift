import Evaluation
import Screen
import Simulation

//  ┌ layers × heads ──────────────────────────┐┌ two heads ────────────────┐
//  │ L12  [• 8 ]  78    626                   ││            shown   cursor │
//  │  13    31    40     52                   ││ layer/head  12/0     12/2 │
//  │                                          ││ keys90         8      626 │
//  │                                          │├ mass left out ────────────┤
//  │ head   0     1      2                    ││ ‾‾╲___                    │
//  └──────────────────────────────────────────┘└───────────────────────────┘

/// Layers × heads of a trace or a language model: one is chosen, two are compared.
struct HeadsView: View {
    let title = "Heads"
    let explanation = "every layer and head by a figure; Enter goes to one"
    let panels: [any Panel] = [HeadsPanel(), HeadFiguresPanel(), HeadCurvesPanel()]

    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)] {
        let columns = area.columns(
            [.share(1), .fixed(max(34, min(area.width * 2 / 5, 72)))], gap: area.width >= 100 ? 1 : 0)
        let figures = min(area.height / 2, HeadFigure.all.count + 4)
        let right = columns[1].rows([.fixed(figures), .share(1)])
        return [(0, columns[0]), (1, right[0]), (2, right[1])]
    }

    func wants(in state: DashboardState) -> Wants { Wants(details: .heads) }

    func table(_ snapshot: Snapshot) -> SavedTable { .heads(snapshot) }
}
