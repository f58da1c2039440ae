import CKernels

/// The band of float32 dot products that cannot be trusted to decide membership.
///
/// A float32 sum of d products, in any order, fused or not, differs from the definition's float64 sum by less than
/// `(d + 4)·2⁻²³·‖q‖·‖k‖` (twice the usual first-order bound, so that it also covers the float64 roundings) plus what
/// underflow can take. So a dot product below `lower` is certainly outside, one at or above `upper` certainly inside,
/// and only between them the definition is applied. The band's width does not depend on b: where |b|√d is far beyond
/// `‖q‖·max‖k‖` there is nothing to doubt. Where a float32 sum could overflow, `exact` says that the definition must
/// decide for every key.
package struct GuardBand {
    /// ⟨q, k⟩ in float32 below this: not a member.
    package let lower: Float
    /// ⟨q, k⟩ in float32 at or above this: a member.
    package let upper: Float
    /// Whether float32 sums might overflow, so that every key needs the definition.
    package let exact: Bool
    /// ‖q‖, rounded up, in float64.
    package let norm: Double
    /// b√d, where the half-space's plane stands in dot products.
    package let threshold: Double
    /// Half the band's width, for bounds of other kinds to add.
    package let slack: Double

    /// For keys whose norm is at most `largestKeyNorm`.
    package init(_ query: Query, largestKeyNorm: Double) {
        self.init(query.vector, threshold: query.threshold, largestKeyNorm: largestKeyNorm)
    }

    private init(_ vector: [Float], threshold b: Double, largestKeyNorm: Double) {
        let d = vector.count
        norm = vector.withUnsafeBufferPointer { q in
            q.baseAddress.map { ck_exact_dot($0, $0, d).squareRoot() * (1 + 0x1p-40) } ?? 0
        }
        let reach = norm * largestKeyNorm
        let band = ck_guard_band(norm, largestKeyNorm, b, d)
        (lower, upper, threshold, slack) = (band.lower, band.upper, band.threshold, band.slack)
        exact = !(reach < 0x1p126)
    }

    /// For a query whose threshold is not known yet: only the slack means anything.
    package init(unbounded vector: [Float], largestKeyNorm: Double) {
        self.init(vector, threshold: 0, largestKeyNorm: largestKeyNorm)
    }

    /// The largest float that is not above x.
    package static func roundedDown(_ x: Double) -> Float {
        let f = Float(x)
        return Double(f) > x ? f.nextDown : f
    }

    /// The smallest float that is not below x.
    package static func roundedUp(_ x: Double) -> Float {
        let f = Float(x)
        return Double(f) < x ? f.nextUp : f
    }
}
