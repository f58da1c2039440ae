import Foundation
import Measurement

/// Positive values on rows of a plot, logarithmic, the largest at the top.
struct LogScale {
    /// The ends, of the ladder 1, 2, 5, 10 …, so that they stand still while values waver.
    let low, high: Double
    let height: Int

    /// nil where there is no positive value.
    init?(fitting values: [Double], height: Int) {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        guard let least = positive.min(), let most = positive.max() else { return nil }
        self.init(low: least * 0.9, high: most * 1.1, height: height)
    }

    init(low: Double, high: Double, height: Int) {
        self.low = Self.rung(low, up: false)
        let top = Self.rung(high, up: true)
        // Less than a decade would blow up noise.
        self.high = max(top, self.low * 10)
        self.height = max(1, height)
    }

    private static func rung(_ value: Double, up: Bool) -> Double {
        let power = pow(10, floor(log10(value)))
        let rungs = [1.0, 2, 5, 10]
        let share = value / power
        let rung = up ? rungs.first { $0 >= share - 1e-9 } : rungs.last { $0 <= share + 1e-9 }
        return power * (rung ?? 1)
    }

    /// The row of a value, 0 at the top, held to the plot.
    func row(_ value: Double) -> Int {
        let share = (log(max(value, 1e-300)) - log(low)) / (log(high) - log(low))
        return Int(held: ((1 - min(max(share, 0), 1)) * Double(height - 1)).rounded())
    }

    /// The powers of ten between the ends, the largest first; over less than two decades 2 and 5 times them as well.
    var ticks: [Double] {
        let first = Int(held: log10(low).rounded(.down))
        let last = Int(held: (log10(high) + 1e-9).rounded(.down))
        guard first <= last else { return [] }
        let rungs = high / low > 150 ? [1.0] : [5, 2, 1]
        return (first...last).reversed().flatMap { power in rungs.map { $0 * pow(10, Double(power)) } }
            .filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
    }
}
