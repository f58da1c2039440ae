import Foundation

/// A ``ThresholdMemory`` that any thread may use: rows of a prefill guess from the rows before them.
final class ThresholdGuesses: @unchecked Sendable {
    private let lock = NSLock()
    private var memory = ThresholdMemory()

    func add(b: Double, spread: ScoreSpread) { lock.withLock { memory.add(b, spread) } }

    /// A score that the row's b will hardly stand below; −∞ as long as nothing is known.
    func guess(_ spread: ScoreSpread) -> Double {
        lock.withLock { memory.guess(spread, below: 3, widest: .infinity) }
    }
}
