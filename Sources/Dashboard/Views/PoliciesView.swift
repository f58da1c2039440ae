import Screen
import Simulation

//  ┌ who reads what ───────────────── at 131 KiB a query ┐
//  │                0       position         64k  error …│
//  │ HSR + means    ░▒░  ▒█ ░   ░    ▒          .012 97 %│
//  │ StreamingLLM   █·······×·····×········██    .81  4 %│
//  ├ what to know ───────────────────────────────────────┤
//  │ Everyone may read …                                 │
//  └─────────────────────────────────────────────────────┘

/// What other policies read of the same step at the same bytes, and what each misses.
struct PoliciesView: View {
    let title = "Policies"
    let explanation = "who reads what of a step, at the same bytes"
    let panels: [any Panel] = [PoliciesPanel(), PolicyNotesPanel()]

    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)] {
        let lines = PoliciesPanel.lines(in: area.height - 5)
        let table = min(area.height, PoliciesPanel.height(lines: lines))
        let rows = area.rows([.fixed(table), .share(1)])
        return [(0, rows[0]), (1, rows[1])]
    }

    func wants(in state: DashboardState) -> Wants { Wants(details: .policies) }

    func table(_ snapshot: Snapshot) -> SavedTable { .policies(snapshot) }
}
