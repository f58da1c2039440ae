import CKernels
import Foundation
import HalfSpace

/// What float32 holds of one row of a store; `precision.h` says why. What it does not hold is weighed in float64.
struct FloatPrecision {
    private let d: Int
    /// `|q|·max|k|`.
    private let reach: Double

    init(_ query: [Float], _ store: KeyValueStore) {
        let norm = query.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        self.init(dimension: query.count, reach: norm * store.largestKeyNorm)
    }

    init(dimension d: Int, reach: Double) { (self.d, self.reach) = (d, reach) }

    /// What float32 may take from a score near b, at most.
    func bound(near b: Double) -> Double { ck_score_error(d, reach, b) }

    /// Whether exponentials of float32 scores suffice, relative to the largest.
    func holdsExponentials(upTo largest: Double) -> Bool { ck_exponentials_hold(d, reach, largest) != 0 }

    /// Whether `Σ (s − b)^α = weight` of `count` float32 scores suffices.
    func holdsPowers(above b: Double, weight: Double, count: Int, alpha: Int) -> Bool {
        !b.isFinite || count == 0 || ck_powers_hold(d, reach, b, weight, Double(count), Int32(alpha)) != 0
    }

    /// Whether entmax over float32 scores of this size suffices for a support of `count` keys.
    func holdsEntmax(alpha: Double, size: Double, support count: Int) -> Bool {
        ck_shares_hold(d, reach, size, Double(count), Entmax.reach(alpha)) != 0
    }

    /// What float64 rounds off the score of a key and off b: half a unit for each product and sum. A row of ReLU^α whose largest
    /// score lies no further above b has no weights but noise.
    static func rounding(_ query: [Float], _ key: StoredNumbers, threshold b: Double) -> Double {
        var size = 0.0
        for t in query.indices { size += abs(Double(query[t]) * Double(key[t])) }
        let d = Double(query.count)
        return ((d + 2) * size / d.squareRoot() + (b.isFinite ? abs(b) : 0)) * 0x1p-53
    }
}

/// What is left of precision in the inputs themselves.
public enum InputPrecision {
    /// How far, at most, a score of the query moves when the entries of query and keys are rounded to float32, `2·2⁻²⁴·|q|·max|k|/√d`:
    /// where they came from longer numbers, no arithmetic on them knows a score better.
    public static func scoreResolution(_ query: [Float], _ store: KeyValueStore) -> Double {
        let norm = query.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        return 0x1p-23 * norm * store.largestKeyNorm / Double(store.dimension).squareRoot()
    }
}
