/// Why settings cannot be served: one sentence that says what, where and what to do.
public struct SettingsError: Error, Equatable, CustomStringConvertible {
    /// What kind of mistake it is, as sysexits has them.
    public enum Kind: Int32, Sendable {
        /// A value out of range, or values that do not go together.
        case usage = 64
        /// A file that is not what it should be.
        case badData = 65
        /// A file that cannot be read.
        case unreadable = 66
    }

    public let kind: Kind
    public let description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
