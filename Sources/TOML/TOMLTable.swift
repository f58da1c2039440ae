/// Keys and values in the order of the text, each key with its line.
public struct TOMLTable: Sendable, Equatable {
    /// One key with its value.
    public struct Entry: Sendable, Equatable {
        public let key: String
        public let value: TOMLValue
        /// Where the key was first written, from 1.
        public let line: Int
    }

    /// Where the table begins; nil for the whole text.
    public let line: Int?
    public let entries: [Entry]
    private let places: [String: Int]

    /// - Parameter entries: Their keys are distinct.
    init(line: Int?, entries: [Entry]) {
        self.line = line
        self.entries = entries
        places = Dictionary(zip(entries.map(\.key), entries.indices)) { first, _ in first }
    }

    /// Reads a text strictly, as TOML 1.0 (toml.io) but for dates, which are refused.
    /// - Throws: ``TOMLError`` for the first mistake.
    /// - Complexity: O(bytes).
    public init(_ text: String) throws(TOMLError) {
        var reader = TOMLReader(text)
        self = try reader.document()
    }

    public var keys: [String] { entries.map(\.key) }

    public subscript(key: String) -> TOMLValue? { places[key].map { entries[$0].value } }

    /// The line of a key, from 1.
    public func line(of key: String) -> Int? { places[key].map { entries[$0].line } }
}
