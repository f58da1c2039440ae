import Screen
import Simulation

/// One panel on the whole screen.
struct HeatmapView: View {
    let panels: [any Panel] = [HeatmapPanel()]

    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)] { [(0, area)] }
}
