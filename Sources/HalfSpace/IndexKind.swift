/// A reporting index, by the name that is typed and shown.
public struct IndexKind: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
    /// The type that answers.
    let type: any StaticIndex.Type

    /// Every index there is, as it is listed. To add one: its folder, and its line here.
    private static let registered: [any StaticIndex.Type] = [
        BruteIndex.self,
        TreeIndex.self,
        NetIndex.self,
        BoxesIndex.self,
        QuantisedIndex.self,
        PrefixIndex.self,
    ]

    public static let allCases = registered.map { IndexKind($0) }

    /// "brute, tree, net": all names, for help and error messages.
    public static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    init(_ type: any StaticIndex.Type) { self.type = type }

    /// nil where no index has this name.
    public init?(rawValue: String) {
        guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = kind
    }

    public var rawValue: String { type.description.name }

    /// What is said of it.
    public var description: IndexDescription { type.description }

    public static func == (left: IndexKind, right: IndexKind) -> Bool { left.type == right.type }

    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(type)) }
}

/// What the user asks for: one index, or the planner.
public enum IndexChoice: Sendable, Hashable, Codable {
    case auto
    case fixed(IndexKind)

    /// "auto" or an index's name.
    public init?(name: String) {
        if name == "auto" {
            self = .auto
        } else if let kind = IndexKind(rawValue: name) {
            self = .fixed(kind)
        } else {
            return nil
        }
    }

    public var name: String {
        switch self {
        case .auto: "auto"
        case .fixed(let kind): kind.rawValue
        }
    }
}

extension IndexKind {
    /// What a decode step through this index is expected to do over the keys of a store; nil where it has no answer for them.
    /// Some milliseconds for a sample.
    public func expectedWork(over store: KeyValueStore, hints: QueryHints) -> StepWork? {
        type.expectedWork(PlanProbe(of: store, hints: hints))
    }

    /// What a decode step through this index does, from what reporting was counted to do.
    public func work(of counts: QueryCounts, in shape: StepShape) -> StepWork { type.work(of: counts, in: shape) }
}
