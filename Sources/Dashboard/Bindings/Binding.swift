import Screen

/// One key and all that is said of it: the dispatch, the footer, the help and the manual page read this and nothing else.
public struct Binding: Sendable {
    /// The keys that mean the same.
    public var keys: [Key]
    public var action: Action
    /// What it does, for the help and the manual.
    public var title: String
    /// One word for the footer; bindings that stand together with the same word share one entry there.
    public var short: String
    public var group: Group
    public var isInFooter: Bool

    public init(
        _ keys: Key..., action: Action, title: String, short: String, group: Group, footer: Bool = false
    ) {
        self.keys = keys
        self.action = action
        self.title = title
        self.short = short
        self.group = group
        isInFooter = footer
    }

    /// Where the help lists it.
    public enum Group: String, CaseIterable, Sendable {
        case program = "Program"
        case run = "Run"
        case views = "Views"
        case parameters = "Parameters"
        case picture = "Picture"
        case demo = "Demo"
    }
}

extension Key {
    /// How the screen writes it.
    public var label: String {
        switch self {
        case .character(" "): "space"
        case .character(let character): String(character)
        case .control(let character): "^\(character.uppercased())"
        case .function(let number): "F\(number)"
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .home: "Home"
        case .end: "End"
        case .tab: "tab"
        case .backTab: "S-tab"
        case .enter: "Enter"
        case .escape: "Esc"
        case .backspace: "Bksp"
        case .delete: "Del"
        case .insert: "Ins"
        }
    }
}
