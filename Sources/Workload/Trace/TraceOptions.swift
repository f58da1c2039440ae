/// How a trace is read where its file does not say so, or says otherwise.
public struct TraceOptions: Sendable, Equatable, Codable {
    /// A pattern with {layer} and {part} that the tensors' names follow; nil: any of the usual ones.
    public var names: String?
    /// nil: as the file says, or [heads, tokens, d].
    public var layout: TensorLayout?
    /// Whether the cache grows with the queries; nil: as the file says, or not.
    public var isCausal: Bool?
    /// What ⟨q, k⟩ is multiplied by; nil: as the file says, or 1/√d.
    public var scale: Double?
    /// c of c·tanh(s/c), for softmax; nil: as the file says, or none.
    public var softcap: Double?
    /// The first query that is replayed, and the one at which replay ends, counted in tokens; nil: all that there are.
    public var from: Int?
    public var to: Int?

    public init() {}
}
