import Foundation
import Measurement

/// On which steps something that only measures runs beside the sparse attention: on all of them, unless that would hold the
/// stream up.
struct ShareSchedule {
    /// The share of a step's period that it may take.
    let share: Double
    /// Every m-th step; a power of two, so that it does not flicker with the noise of the times.
    private(set) var every = 1
    private var average: Double?

    init(share: Double) { self.share = share }

    /// Takes what one run cost, nil where there was none, and the period of the steps that it could have run on.
    mutating func note(_ seconds: Double?, period: Double) {
        guard let seconds else { return }
        let smooth = average.map { 0.8 * $0 + 0.2 * seconds } ?? seconds
        average = smooth
        let wanted = smooth / (share * period)
        // Twice as many or half as few only when clearly called for.
        if wanted > Double(every) * 1.2 { every = 1 << Int(held: ceil(log2(min(wanted, Self.rarest)))) }
        if wanted < Double(every) * 0.4 { every = max(1, every / 2) }
    }

    private static let rarest = 0x1p20
}
