import Screen
import Simulation

//  120 × 40                                                        80 × 24 has the same parts, smaller
//  ┌ activated entries ───────────────────┐┌ time per step ─────┐
//  │ 1284▸ ░░▓▓        ▓▓▓▓      ░░       ││  ──────────  naive │
//  │        ▓▓▓▓        ▓▓▓      ▒▒       ││                    │
//  │        ▓▓▓▓        ▓▓▓      ▒▒       ││  ──────────  HSR   │
//  │                                      │└────────────────────┘
//  │                                      │┌ HSR is faster by ──┐
//  │                                      ││     14.1×          │
//  │                                      │└────────────────────┘
//  │  0       16k       32k      48k      │┌ entries ───────────┐
//  └──────────────────────── none ░▒▓ 12% ┘│ reported ▏  1 146  │
//  ┌ attends to (a trace) ────────────────┐│ n^0.8    ██ 7 132  │
//  └──────────────────────────────────────┘└────────────────────┘
//  (the strip of parameters and the footer are the frame's)

/// What opens first: the heatmap, both times, the speed-up, the counts.
struct RaceView: View {
    let title = "Race"
    let explanation = "activated entries, both times, the speed-up"
    let panels: [any Panel] = [HeatPanel(), TimePanel(), SpeedUpPanel(), EntriesPanel(), WordsPanel(), InWordsPanel()]

    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)] {
        let side = max(33, min(area.width / 3, 74))
        let columns = area.columns([.share(1), .fixed(side)], gap: area.width >= 100 ? 1 : 0)
        var places: [(panel: Int, rect: Rect)] = []

        let words = traits.hasWords ? (area.height >= 44 ? 12 : area.height >= 27 ? 7 : 4) : 0
        // Where there are no words to show, what the picture says in words.
        let inWords = !traits.hasWords && area.height >= 30 ? (columns[0].width >= 100 ? 6 : 7) : 0
        let left = columns[0].rows([.share(1), .fixed(words + inWords)])
        places.append((0, left[0]))

        let entries = area.height >= 30 ? 8 : 7
        let speed = area.height >= 44 ? 16 : area.height >= 30 ? 11 : traits.glyphs == .ascii ? 7 : 6
        let right = columns[1].rows([.share(1), .fixed(speed), .fixed(entries)])
        places += [(1, right[0]), (2, right[1]), (3, right[2])]
        if words > 0 { places.append((4, left[1])) } else if inWords > 0 { places.append((5, left[1])) }
        return places
    }
}
