/// What is said of an index: its name, and how it looks at keys.
public struct IndexDescription: Sendable {
    /// How an index goes through its keys, for the screen.
    public enum Search: Sendable {
        /// Key by key. `reading` is a sentence for the screen.
        case everyKey(reading: String)
        /// Group by group, each dropped by one bound; where groups are alike, all hold equally many keys.
        case groups(name: String, areAlike: Bool, reading: String)
        /// Node by node from a root, so that it knows the fate of every key. `outlines` is a sentence on its cells in the plane.
        case levels(outlines: String)
    }

    /// The name that is typed and shown, in lower case.
    public let name: String
    /// What it is, in one sentence without a full stop.
    public let summary: String
    /// The head dimensions that it serves.
    public let dimensions: ClosedRange<Int>
    public let search: Search

    /// Whether it walks nodes level by level.
    public var hasLevels: Bool { if case .levels = search { true } else { false } }

    /// Whether each key that it does not prune is scored for itself and can be told apart.
    public var scoresEveryKey: Bool { if case .everyKey = search { true } else { false } }

    /// The groups of keys that it drops whole, by their name; nil where it has none, or has levels.
    public var groups: String? { if case .groups(let name, _, _) = search { name } else { nil } }

    /// Whether its groups hold equally many keys.
    public var hasLikeGroups: Bool { if case .groups(_, let areAlike, _) = search { areAlike } else { false } }

    /// How an index without levels looks at keys, in a sentence; nil for one that tells the fate of every key.
    public var reading: String? {
        switch search {
        case .everyKey(let reading), .groups(_, _, let reading): reading
        case .levels: nil
        }
    }

    /// What the outlines of its cells are, in a sentence; nil where it has no levels.
    public var outlines: String? { if case .levels(let outlines) = search { outlines } else { nil } }
}
