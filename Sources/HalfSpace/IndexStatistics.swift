/// What an index is made of, for the screen and the tables.
public struct IndexStatistics: Sendable {
    /// The index in use.
    public var kind: IndexKind
    /// Why it was chosen, one sentence.
    public var reason: String
    /// Whether steps are computed as dense attention computes them, whatever index stands ready.
    public var answersDensely = false
    /// What a cold step was predicted to take when it was chosen, in microseconds; nil where nobody asked.
    public var expectedMicroseconds: Double?
    /// Keys held.
    public var count: Int
    /// Memory held beside the store, in bytes.
    public var bytes: Int
    /// Time to build, in seconds.
    public var initSeconds = 0.0
    /// Keys in the brute tail and static blocks beside the first.
    public var tail = 0
    public var blocks = 0
    /// Merges done and whether one runs now.
    public var merges = 0
    public var merging = false

    public init(kind: IndexKind, reason: String, count: Int, bytes: Int) {
        self.kind = kind
        self.reason = reason
        self.count = count
        self.bytes = bytes
    }
}
