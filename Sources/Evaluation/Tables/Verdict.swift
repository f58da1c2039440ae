/// What a table says of the claim that it checks, with the figure that says so.
public struct Verdict: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case holds
        /// In some places that were measured, which ``Verdict/places`` names.
        case holdsWhere = "holds where"
        case refuted
    }

    public var kind: Kind
    /// Where it holds, if not everywhere.
    public var places = ""
    public var figure: String

    /// A verdict on a claim that either holds or does not.
    public init(_ holds: Bool, _ figure: String) {
        (kind, self.figure) = (holds ? .holds : .refuted, figure)
    }

    /// A verdict on a claim that was looked at in several places: "d = 4", "layer 1, head 0".
    public init(_ places: [(name: String, holds: Bool)], _ figure: String) {
        let good = places.filter(\.holds).map(\.name)
        kind = good.isEmpty ? .refuted : good.count == places.count ? .holds : .holdsWhere
        if kind == .holdsWhere { self.places = Self.list(good, of: places.count) }
        self.figure = figure
    }

    /// "holds where d = 2, d = 4: 3.1 times faster".
    public var text: String {
        [kind.rawValue, places].filter { !$0.isEmpty }.joined(separator: " ") + (figure.isEmpty ? "" : ": \(figure)")
    }

    private static func list(_ names: [String], of count: Int) -> String {
        let most = 12
        guard names.count > most else { return names.joined(separator: ", ") }
        return names.prefix(most).joined(separator: ", ") + " … (\(names.count) of \(count))"
    }
}
