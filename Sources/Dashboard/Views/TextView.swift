import Screen
import Simulation

//  ┌ text ──────────────── all heads ┐┌ tokens a second ──────────┐
//  │ MENENIUS: I tell you, friends,  ││ HSR   ███████████   1 260 │
//  │ most charitable care            ││ naive ██              230 │
//  │ Have the patricians of you._    ││ same text: 312 of 312     │
//  │                                 │├ context ─ 30 018 letters ─┤
//  │                                 ││ ░ ·            ▒          │
//  └─────────────────────────────────┘└───────────────────────────┘

/// A language model writes: what its newest letter attends to, how fast it goes, and whether dense attention writes the same.
struct TextView: View {
    let title = "Text"
    let explanation = "a language model writes; what each letter attends to"
    let panels: [any Panel] = [TextPanel(), TextFiguresPanel(), ContextPanel()]

    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)] {
        // Lines longer than 80 letters are hard to read from afar; what is left shows the context.
        let text = min(area.width - max(36, min(area.width * 2 / 5, 64)), 80)
        let columns = area.columns([.fixed(text), .share(1)], gap: area.width >= 100 ? 1 : 0)
        let figures = min(16, max(11, area.height / 2))
        let rows = columns[1].rows([.fixed(figures), .share(1)])
        return [(0, columns[0]), (1, rows[0]), (2, rows[1])]
    }

    func wants(in state: DashboardState) -> Wants { Wants(details: .text) }
}
