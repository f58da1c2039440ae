import CKernels

/// Entmax on a list of float32 scores: the fast way, where ``Entmax`` is the definition. For α ≤ 2; above, small weights rise so
/// steeply that float64 is needed throughout.
enum EntmaxWeights {
    /// What was found of a list.
    struct Found {
        /// The sum of the weights, 1 but for rounding.
        var total: Double
        /// The `x` at which weights begin, and how many are not below it.
        var cut: Float
        var count: Int
    }

    /// Fills `weights` (room for `count`) with the weights of scores `x`, unnormalised by what rounding leaves.
    /// - Parameters: `top` is the largest score, `scale` is α − 1, or that times what turns `x` into scores.
    static func fill(
        _ weights: UnsafeMutablePointer<Float>, of x: UnsafePointer<Float>, count: Int, top: Float, alpha: Double,
        scale: Float
    ) -> Found {
        let exponent = Float(1 / (alpha - 1))
        weights.update(from: x, count: count)
        var kept = count
        let cut = ck_entmax_cut(weights, &kept, top, -.greatestFiniteMagnitude, scale, exponent)
        weights.update(from: x, count: count)
        let total = ck_entmax_weights(weights, count, top, scale, (cut - top) * scale, exponent)
        return Found(total: total, cut: cut, count: kept)
    }
}
