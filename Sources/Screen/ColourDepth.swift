/// How many colours a terminal can show.
public enum ColourDepth: Int, Sendable, CaseIterable, Comparable {
    case none, eight, palette256, trueColour

    public static func < (a: ColourDepth, b: ColourDepth) -> Bool { a.rawValue < b.rawValue }

    /// The name that the command line uses.
    public var name: String {
        switch self {
        case .none: "none"
        case .eight: "8"
        case .palette256: "256"
        case .trueColour: "truecolor"
        }
    }

    public init?(name: String) {
        guard let depth = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = depth
    }
}
