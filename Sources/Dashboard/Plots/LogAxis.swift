import Foundation
import Measurement

/// Positive values along one side of a plot, logarithmic.
struct LogAxis {
    let low, high: Double

    init(low: Double, high: Double) {
        self.low = max(low, 1e-300)
        self.high = max(high, self.low * 1.0001)
    }

    /// From the power of ten at or below the least to that at or above the most.
    static func decades(_ low: Double, _ high: Double) -> LogAxis {
        LogAxis(
            low: pow(10, floor(log10(max(low, 1e-300)) + 1e-9)), high: pow(10, ceil(log10(max(high, 1e-300)) - 1e-9)))
    }

    /// 0 at the low end, 1 at the high one; outside beyond them.
    func share(_ value: Double) -> Double { log(max(value, 1e-300) / low) / log(high / low) }

    func contains(_ value: Double) -> Bool { value >= low * 0.999 && value <= high * 1.001 }

    /// Powers of ten, every so many that about `count` are left.
    func decades(about count: Int) -> [Int] {
        let first = Int(held: ceil(log10(low) - 1e-9))
        let last = Int(held: floor(log10(high) + 1e-9))
        guard first <= last else { return [] }
        let step = max(1, Int(held: (Double(last - first) / Double(max(1, count))).rounded(.up)))
        return (first...last).filter { $0 % step == 0 }
    }
}

extension Text {
    /// "1", "10", "1000", "10⁻³", "10⁶".
    static func power(ofTen exponent: Int) -> String {
        if (0...3).contains(exponent) { return "1" + String(repeating: "0", count: exponent) }
        let digits: [Character: Character] = [
            "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
            "9": "⁹",
        ]
        return "10" + String(String(exponent).map { digits[$0] ?? $0 })
    }
}
