import HalfSpace

/// Where the thresholds that a stream of rows found for itself stood, in standard deviations of their scores: a guess for the
/// next row's, which steers the search and never its answer. O(1).
struct ThresholdMemory {
    private var count = 0.0
    private var mean = 0.0
    private var square = 0.0

    /// Rows remembered, so that the guess follows queries that drift.
    private static let most = 256.0

    /// Remembers the score b that a row found.
    mutating func add(_ b: Double, _ spread: ScoreSpread?) {
        guard let spread, spread.deviation > 0, b.isFinite else { return }
        let z = (b - spread.mean) / spread.deviation
        count = min(count + 1, Self.most)
        let delta = z - mean
        mean += delta / count
        square += (delta * (z - mean) - square) / count
    }

    /// A score so many deviations of the past below what is expected; −∞ as long as nothing is known, and where that is
    /// further than `widest` deviations of the scores.
    func guess(_ spread: ScoreSpread?, below deviations: Double, widest: Double) -> Double {
        guard let spread, count > 0, spread.deviation > 0 else { return -.infinity }
        let margin = deviations * square.squareRoot() + 0.02
        return margin <= widest ? spread.mean + (mean - margin) * spread.deviation : -.infinity
    }
}
