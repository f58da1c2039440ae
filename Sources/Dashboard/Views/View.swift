import Screen
import Simulation

/// A screen full of panels: where each stands at a size.
protocol View: Sendable {
    /// In the order of the focus.
    var panels: [any Panel] { get }
    /// The rectangle of each panel that is shown in `area`, which ends above the strip of parameters.
    func layout(in area: Rect, context: RenderContext) -> [(panel: Int, rect: Rect)]
}

extension ViewKind {
    var view: any View {
        switch self {
        case .race: RaceView()
        case .heatmap: HeatmapView()
        case .scaling: ScalingView()
        case .geometry: GeometryView()
        case .accuracy: AccuracyView()
        case .index: IndexView()
        case .prefill: PrefillView()
        case .text: TextView()
        }
    }

    var panels: [any Panel] { view.panels }
}
