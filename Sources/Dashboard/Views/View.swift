import Screen
import Simulation

/// A screen full of panels: where each stands at a size.
protocol View: Sendable {
    /// Its name, on the screen and where one is typed.
    var title: String { get }
    /// What it shows, for the help.
    var explanation: String { get }
    /// In the order of the focus.
    var panels: [any Panel] { get }
    /// The rectangle of each panel that is shown in `area`, which ends above the strip of parameters: drawing and the
    /// mouse agree on it.
    func layout(in area: Rect, traits: LayoutTraits) -> [(panel: Int, rect: Rect)]
    /// How to read it, in a few sentences.
    func reading(_ context: RenderContext) -> [String]
    /// What it says now, in one sentence made from its figures: the longest wording first.
    func message(_ context: RenderContext) -> [String]
    /// What it wants of the engine beside the stream: nothing, unless it says so.
    func wants(in state: DashboardState) -> Wants
    /// The data that it draws, to be saved: the steps, unless it says otherwise.
    func table(_ snapshot: Snapshot) -> SavedTable
}

extension View {
    func reading(_ context: RenderContext) -> [String] { ["It shows \(explanation)."] }

    func message(_ context: RenderContext) -> [String] { [] }

    func wants(in state: DashboardState) -> Wants { Wants() }

    func table(_ snapshot: Snapshot) -> SavedTable { .steps(snapshot) }
}

/// Work that the engine does only while a view shows it.
struct Wants: Equatable {
    var details: Details = []
    var sweep = false
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
