import Foundation

/// On which steps dense attention runs beside the sparse one: all of them, unless that would hold the stream up.
struct DenseSchedule {
    /// Every m-th step; a power of two, so that it does not flicker with the noise of the times.
    private(set) var every = 1
    private var average: Double?

    /// The share of a step's period that dense attention may take.
    private static let share = 0.5

    func isDue(_ step: Int) -> Bool { step % every == 0 }

    mutating func note(_ seconds: Double?, period: Double) {
        guard let seconds else { return }
        let smooth = average.map { 0.8 * $0 + 0.2 * seconds } ?? seconds
        average = smooth
        let wanted = smooth / (Self.share * period)
        // Twice as many or half as few only when clearly called for.
        if wanted > Double(every) * 1.2 { every = 1 << Int(ceil(log2(wanted))) }
        if wanted < Double(every) * 0.4 { every = max(1, every / 2) }
    }
}
