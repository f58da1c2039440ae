/// The threshold of one query, as its rule chose it before any key was read.
public struct ChosenThreshold: Sendable, Equatable {
    /// b in score units. Meaningless while `keepLargest` is set (the index finds b) and for entmax (which finds its own).
    public var value: Double
    /// The `count` rule: b is the score of the r-th largest key, found by the index within the time of the step.
    public var keepLargest: Int?
    /// What the offset adds to a b that the index finds, in score units.
    public var shift: Double
    /// The count that the rule predicts: n·Q((b − mean)/std) of Gaussian scores, or r.
    public var predicted: Double?
    /// Mean and standard deviation of this query's scores, where the rule computed them.
    public var spread: ScoreSpread?

    public init(
        value: Double, keepLargest: Int? = nil, shift: Double = 0, predicted: Double? = nil, spread: ScoreSpread? = nil
    ) {
        self.value = value
        self.keepLargest = keepLargest
        self.shift = shift
        self.predicted = predicted
        self.spread = spread
    }
}
