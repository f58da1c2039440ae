/// What a query did with a key; numbered as drivers note it.
public enum KeyFate: UInt8, CaseIterable, Sendable {
    /// Never looked at: it stands in a node or block outside.
    case pruned
    /// Scored, and found outside.
    case tested
    /// Scored, and reported.
    case reported
    /// Reported with its whole node, without a test.
    case whole
}

/// A cell of an index, as a picture shows it.
public struct IndexCell: Sendable, Equatable {
    /// The corners in order; in the plane of the keys at d = 2.
    public var corners: [SIMD2<Double>]
    /// Keys in it.
    public var count: Int
}
