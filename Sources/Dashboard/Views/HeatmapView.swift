import Screen
import Simulation

/// One panel on the whole screen.
struct HeatmapView: View {
    let title = "Heatmap"
    let explanation = "every activated entry, with cursor, zoom, index order"
    let panels: [any Panel] = [HeatmapPanel()]

    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)] { [(0, area)] }

    func wants(in state: DashboardState) -> Wants {
        Wants(details: state.heatmap.followsIndex || state.heatmap.glide != nil ? .order : [])
    }

    func table(_ snapshot: Snapshot) -> SavedTable { .entries(snapshot) }
}
