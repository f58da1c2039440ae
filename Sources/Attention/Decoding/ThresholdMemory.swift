import HalfSpace

/// Where the thresholds that a stream of rows found for itself stood, in standard deviations of their scores: a guess for the
/// next row's, which steers the search and never its answer. O(1).
///
/// A line is fitted through them over the logarithm of the deviation: entmax keeps relatively fewer keys where scores spread
/// more.
struct ThresholdMemory {
    private var count = 0.0
    private var mean = (x: 0.0, z: 0.0)
    private var variance = 0.0
    private var covariance = 0.0
    /// The mean square by which the line missed the rows that came after it.
    private var square = 0.0

    /// Rows remembered, so that the guess follows queries that drift.
    private static let most = 256.0
    /// A row that keeps nearly every key says nothing of others.
    private static let least = -2.0

    /// Remembers the score b that a row found.
    mutating func add(_ b: Double, _ spread: ScoreSpread?) {
        guard let spread, spread.deviation > 0, b.isFinite else { return }
        let (x, z) = (Self.size(spread.deviation), (b - spread.mean) / spread.deviation)
        guard z > Self.least else { return }
        let miss = count > 0 ? z - line(x) : 0
        count = min(count + 1, Self.most)
        square += (miss * miss - square) / count
        let before = (x: x - mean.x, z: z - mean.z)
        mean.x += before.x / count
        mean.z += before.z / count
        variance += (before.x * (x - mean.x) - variance) / count
        covariance += (before.x * (z - mean.z) - covariance) / count
    }

    /// About the logarithm to base 2: enough for a line, and cold it waits for no other page.
    private static func size(_ deviation: Double) -> Double { Double(deviation.exponent) + deviation.significand }

    /// Where all rows have about the same deviation the line is level.
    private func line(_ x: Double) -> Double { mean.z + covariance / (variance + 1e-3) * (x - mean.x) }

    /// A score so many deviations of the past below what is expected; −∞ as long as nothing is known, and where that is
    /// further than `widest` deviations of the scores.
    func guess(_ spread: ScoreSpread?, below deviations: Double, widest: Double) -> Double {
        guard let spread, count > 0, spread.deviation > 0 else { return -.infinity }
        let margin = deviations * square.squareRoot() + 0.02
        return margin <= widest
            ? spread.mean + (line(Self.size(spread.deviation)) - margin) * spread.deviation : -.infinity
    }
}
