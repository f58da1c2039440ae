import HalfSpace

/// A rule that says which keys of a cache a query reads, within a budget of bytes.
///
/// It sees a prompt, then key after key and query after query, as a decoder does. What it keeps is its own affair; what it reads it
/// says, so that one estimator and one referee judge all policies. To add one: conform a type in a file of its own and list it in
/// ``PolicyKind``.
public protocol CachePolicy: AnyObject {
    static var card: PolicyCard { get }

    /// Takes in the prompt: the rows that the store holds now.
    /// - Throws: what building an index throws.
    init(_ start: PolicyStart) throws

    /// Its parameters with their values, named as in the publication.
    var parameters: [(name: String, value: String)] { get }

    /// A row has come: the last that the store holds.
    func take(row: Int) throws

    /// What it reads for a query. It may learn from the query, as it would in use.
    func read(_ step: PolicyStep) throws -> PolicyReading

    /// The rows that it can still read, ascending; nil: every row.
    var kept: [UInt32]? { get }

    /// Whether a query changes what it will read for later ones.
    static var learns: Bool { get }
}

extension CachePolicy {
    public var kept: [UInt32]? { nil }
    public static var learns: Bool { false }
}

/// A query of the prompt and the rows that it sees: the first so many.
public struct PromptQuery: Sendable {
    public var vector: [Float]
    public var rows: Int

    public init(_ vector: [Float], rows: Int) {
        self.vector = vector
        self.rows = rows
    }
}

/// What a policy is given at the start.
public struct PolicyStart {
    /// The prompt's keys and values; rows that come later are appended to it by whoever runs the policy.
    public let store: KeyValueStore
    /// The prompt's last queries, oldest first, as many as are known.
    public let queries: [PromptQuery]
    public let budget: PolicyBudget
    /// Whatever is random follows from it.
    public let seed: UInt64

    public init(store: KeyValueStore, queries: [PromptQuery] = [], budget: PolicyBudget, seed: UInt64 = 1) {
        self.store = store
        self.queries = queries
        self.budget = budget
        self.seed = seed
    }
}
