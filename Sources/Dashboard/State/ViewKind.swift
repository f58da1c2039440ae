import Simulation

/// The views, in the order of their number keys.
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

    public var title: String {
        switch self {
        case .race: "Race"
        case .heatmap: "Heatmap"
        case .scaling: "Scaling"
        case .geometry: "Geometry"
        case .accuracy: "Accuracy"
        case .index: "Index"
        case .prefill: "Prefill"
        case .heads: "Heads"
        case .text: "Text"
        }
    }

    /// What it shows, for the help.
    public var explanation: String {
        switch self {
        case .race: "activated entries, both times, the speed-up"
        case .heatmap: "every activated entry, with cursor, zoom, index order"
        case .scaling: "time against n, with exponents, measured while shown"
        case .geometry: "the keys along the query, and what became of each"
        case .accuracy: "the error against the keys kept, and its bounds"
        case .index: "levels, Part 1 beside Part 2, costs, planner"
        case .prefill: "Algorithm 2 over the prompt, and both times"
        case .heads: "every layer and head by a figure; Enter goes to one"
        case .text: "a language model writes; what each letter attends to"
        }
    }

    /// What it wants of the engine beside the stream.
    func wants(in state: DashboardState) -> Wants {
        switch self {
        case .race: Wants()
        case .heatmap:
            Wants(details: state.heatmap.followsIndex || state.heatmap.glide != nil ? .order : [])
        case .scaling: Wants(sweep: true)
        case .geometry: Wants(details: [.geometry, .levels])
        case .accuracy: Wants(details: .accuracy)
        case .index: Wants(details: [.levels, .parts])
        case .prefill: Wants()
        case .heads: Wants(details: .heads)
        case .text: Wants(details: .text)
        }
    }

    /// Work that the engine does only while a view shows it.
    struct Wants: Equatable {
        var details: Details = []
        var sweep = false
    }
}
