/// What a view wants beside the stream; nothing of it costs anything while nobody looks.
public struct Details: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The keys projected on the query and on the widest direction left.
    public static let geometry = Details(rawValue: 1)
    /// The error of softmax against the number kept, with its bounds.
    public static let accuracy = Details(rawValue: 2)
    /// The index's work level by level.
    public static let levels = Details(rawValue: 4)
    /// Part 1 and Part 2 on the same queries.
    public static let parts = Details(rawValue: 8)
    /// The order of positions in the index.
    public static let order = Details(rawValue: 16)
    /// The text of a language model, with what its last letter attends to.
    public static let text = Details(rawValue: 32)
    /// The figures of every head of a trace.
    public static let heads = Details(rawValue: 64)
    /// What other policies read of the same step.
    public static let policies = Details(rawValue: 128)
    /// The tree's nodes one by one, with the levels.
    public static let tree = Details(rawValue: 256)
}
