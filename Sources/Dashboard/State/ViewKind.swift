import Simulation

/// The views, in the order of their number keys. To add one: its file in `Views`, its number or letter and its line here.
public enum ViewKind: Int, CaseIterable, Sendable {
    case race = 1
    case heatmap = 2
    case scaling = 3
    case geometry = 4
    case accuracy = 5
    case index = 6
    case prefill = 7
    case heads = 8
    case text = 9
    case policies = 10

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
        case .policies: PoliciesView()
        }
    }

    public var title: String { view.title }

    /// What shows it: its number, or a letter where the digits are used up.
    public var key: Character { self == .policies ? "K" : Character("\(rawValue)") }

    /// What it shows, for the help.
    public var explanation: String { view.explanation }

    var panels: [any Panel] { view.panels }

    func wants(in state: DashboardState) -> Wants { view.wants(in: state) }

    func table(_ snapshot: Snapshot) -> SavedTable { view.table(snapshot) }
}
