import Screen
import Simulation

//  ┌ queries × keys ─────────────────┐┌ Algorithm 2 ────── running ┐
//  │    0   ░▒      ▓▓               ││ ███████░░░░  4 096 of 8 192│
//  │  2k    ░▒      ▓▓               ││ HSR        1.2 s measured  │
//  │  4k ▸  ················         ││ naive      3.1 s estimated │
//  │        0      16k    keys →     ││        2.6×                │
//  └─────────────────────────────────┘└────────────────────────────┘

/// Algorithm 2 on demand: the matrix as it fills, and both times.
struct PrefillView: View {
    let title = "Prefill"
    let explanation = "Algorithm 2 over the prompt, and both times"
    let panels: [any Panel] = [MatrixPanel(), PrefillTimesPanel()]

    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)] {
        let columns = area.columns(
            [.share(1), .fixed(max(34, min(area.width / 3, 60)))], gap: area.width >= 100 ? 1 : 0)
        return [(0, columns[0]), (1, columns[1])]
    }

    func table(_ snapshot: Snapshot) -> SavedTable { .matrix(snapshot) }
}
