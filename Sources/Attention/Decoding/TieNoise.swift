import CKernels
import Foundation
import HalfSpace

/// When every key of a ReLU^α row lies so close to b that its float32 weight is rounding noise: such a row (one key, equal
/// keys, a threshold on the largest score) is computed again in float64, where ties weigh nothing.
enum TieNoise {
    /// - Parameters: `weight` is Σ w of `count` members, `queryNorm` is ‖q‖ and `keyNorm` the largest ‖k‖.
    static func explains(
        weight: Double, count: Int, alpha: Int, threshold b: Double, queryNorm: Double, keyNorm: Double,
        dimension d: Int
    ) -> Bool {
        guard b.isFinite else { return false }
        let slack = ck_score_error(d, queryNorm * keyNorm, b)
        return weight <= Double(count) * pow(4 * slack, Double(alpha))
    }
}
