/// Why a text is no TOML, and where; prints itself as `line:column: sentence`.
public struct TOMLError: Error, Equatable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    /// From 1, in Unicode scalars.
    public let column: Int
    /// Ends with a full stop.
    public let sentence: String

    public init(line: Int, column: Int, sentence: String) {
        (self.line, self.column, self.sentence) = (line, column, sentence)
    }

    public var description: String { "\(line):\(column): \(sentence)" }
}
