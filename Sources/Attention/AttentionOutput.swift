/// The output of attention for one query; made once and filled by each step.
public struct AttentionOutput: Sendable {
    /// dv floats; 0 for an empty row.
    public var values: [Float]
    /// D, the sum of the unnormalised weights: `Σ exp(s)`, `Σ (s − b)^α`, 1 for entmax; 0 for an empty row. Infinite where a
    /// float64 cannot hold it.
    public var normaliser: Double

    /// Room for values of length dv.
    public init(valueDimension: Int) {
        values = Array(repeating: 0, count: valueDimension)
        normaliser = 0
    }
}
