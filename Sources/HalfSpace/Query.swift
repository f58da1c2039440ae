/// A half-space `{k : ⟨q, k⟩/√d ≥ b}`: the direction q (d floats) and the score threshold b.
public struct Query: Sendable {
    public let vector: [Float]
    /// b in score units; −∞ reports every key, +∞ none, NaN is refused.
    public let threshold: Double

    /// - Throws: ``NonFiniteEntry`` if the vector holds a NaN or an infinity.
    public init(_ vector: [Float], threshold: Double) throws(NonFiniteEntry) {
        precondition(!threshold.isNaN)
        try NonFiniteEntry.check(vector, array: .query, columns: max(vector.count, 1))
        self.vector = vector
        self.threshold = threshold
    }
}
