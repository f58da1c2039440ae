import Screen
import Simulation

/// A screen full of panels: where each stands at a size.
protocol View: Sendable {
    /// In the order of the focus.
    var panels: [any Panel] { get }
    /// The rectangle of each panel that is shown in `area`, which ends above the strip of parameters: drawing and the
    /// mouse agree on it.
    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)]
}

/// What a layout depends on, beside its area.
struct LayoutTraits: Equatable {
    var glyphs: GlyphLevel
    /// Whether keys and queries have words.
    var hasWords: Bool

    init(_ state: DashboardState) {
        glyphs = state.glyphs
        hasWords = state.shown.queryWord != nil || !state.shown.attended.isEmpty
    }
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
        case .heads: HeadsView()
        case .text: TextView()
        }
    }

    var panels: [any Panel] { view.panels }
}
