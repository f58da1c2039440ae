/// The query heads of a layer and the key-value heads that they share (grouped queries): query head h reads the keys of key-value
/// head h / ``group``.
public struct LayerShape: Sendable, Equatable, Codable {
    public let heads: Int
    public let keyHeads: Int

    /// Query heads that a layer of made data may have.
    public static let most = 256

    /// - Parameter keyHeads: nil: as many as there are heads.
    /// - Throws: ``WorkloadError`` where a number is out of range, or the heads are not a multiple of the key-value heads.
    public init(heads: Int, keyHeads: Int? = nil) throws(WorkloadError) {
        let sets = keyHeads ?? heads
        for count in [heads, sets] where !(1...Self.most).contains(count) { throw .headsOutOfRange(count) }
        guard heads % sets == 0 else { throw .headsNotShared(heads: heads, keyHeads: sets) }
        (self.heads, self.keyHeads) = (heads, sets)
    }

    /// Query heads of each key-value head.
    public var group: Int { heads / keyHeads }
}
