/// What is said of a policy: its name, where it was published, and what to know when it is compared.
public struct PolicyCard: Sendable, Equatable {
    /// As typed and shown: "Quest".
    public let name: String
    /// "Title, authors, arXiv number".
    public let source: String
    /// What it does, in a few words.
    public let words: String
    /// Whether what it leaves out is gone for every query to come.
    public let evicts: Bool
    /// Whether its choice is given what only reading every key can tell, and is not charged for that.
    public let isOracle: Bool

    public init(name: String, source: String, words: String, evicts: Bool = false, isOracle: Bool = false) {
        self.name = name
        self.source = source
        self.words = words
        self.evicts = evicts
        self.isOracle = isOracle
    }
}
