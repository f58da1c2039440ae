/// A short message that goes away by itself.
public struct Toast: Sendable, Equatable {
    public enum Kind: Sendable { case info, good, warning, error }

    public var text: String
    public var kind: Kind
    /// When it appeared, in seconds since the dashboard opened.
    public var born: Double

    /// How long it stays, in seconds: time to read a line.
    public static let lifetime = 3.4
}
