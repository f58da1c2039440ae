import Screen
import Simulation

//  ┌ error against keys kept ───────────────┐┌ tilt law ─────────┐
//  │ paper ╲___                             ││ 100 %      ⎺⎺⎺⎺⎺⎺ │
//  │ certificate ╲___                       ││          ╱        │
//  │ 2(1−p)‖V‖        ╲___                  ││ 0   ____╱  •      │
//  │ actual               ╲___              │└───────────────────┘
//  │                          ╲___          │┌ exactness ────────┐
//  │ 1      10     100    1000    10⁴       ││ exact             │
//  └────────────────────────────────────────┘└───────────────────┘

/// How far apart the answers are, what bounds it, and when it works.
struct AccuracyView: View {
    let title = "Accuracy"
    let explanation = "the error against the keys kept, and its bounds"
    let panels: [any Panel] = [ErrorPanel(), TiltPanel(), ExactnessPanel()]

    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)] {
        let columns = area.columns(
            [.share(1), .fixed(max(34, min(area.width * 2 / 5, 70)))], gap: area.width >= 100 ? 1 : 0)
        let right = columns[1].rows([.share(1), .fixed(min(10, area.height / 2))])
        return [(0, columns[0]), (1, right[0]), (2, right[1])]
    }

    func wants(in state: DashboardState) -> Wants { Wants(details: .accuracy) }

    func table(_ snapshot: Snapshot) -> SavedTable { .errors(snapshot) }
}
