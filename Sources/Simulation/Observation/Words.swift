/// The words of a workload that has words, by position and by step.
public struct Words: Sendable {
    /// The word of a key position; nil outside.
    public let key: @Sendable (_ position: Int) -> String?
    /// The word of the query of a decode step.
    public let query: @Sendable (_ step: Int) -> String?

    public init(key: @escaping @Sendable (Int) -> String?, query: @escaping @Sendable (Int) -> String?) {
        self.key = key
        self.query = query
    }
}
