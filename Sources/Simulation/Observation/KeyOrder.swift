/// Where each key stands in the index's own order, in which a half-space is a few runs.
public final class KeyOrder: Sendable {
    /// `ranks[position]`; positions from `ranks.count` on stand at the end in their own order.
    public let ranks: [UInt32]

    public init(ranks: [UInt32]) {
        self.ranks = ranks
    }

    /// From positions in the index's order, each once.
    convenience init(_ order: [UInt32]) {
        var ranks = Array(repeating: UInt32(0), count: order.count)
        for (rank, position) in order.enumerated() { ranks[Int(position)] = UInt32(rank) }
        self.init(ranks: ranks)
    }

    /// The rank of a position.
    public func rank(of position: Int) -> Int { position < ranks.count ? Int(ranks[position]) : position }
}
