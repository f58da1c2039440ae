import Foundation

/// Where rows found their b, in standard deviations of their scores: a guess for the next, safely below. Any thread may use it.
final class ThresholdGuesses: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0.0
    private var mean = 0.0
    private var square = 0.0

    func add(b: Double, spread: ScoreSpread) {
        guard spread.deviation > 0, b.isFinite else { return }
        let z = (b - spread.mean) / spread.deviation
        lock.withLock {
            // Old rows are forgotten, so that the guess follows queries that drift.
            count = min(count + 1, 256)
            let delta = z - mean
            mean += delta / count
            square += (delta * (z - mean) - square) / count
        }
    }

    /// A score that the row's b will hardly stand below; −∞ as long as nothing is known.
    func guess(_ spread: ScoreSpread) -> Double {
        lock.withLock {
            guard count > 0 else { return -.infinity }
            return spread.mean + (mean - 3 * square.squareRoot() - 0.02) * spread.deviation
        }
    }
}
