import CKernels

/// Entmax on a list of float32 scores: the fast way, where ``Entmax`` is the definition.
enum EntmaxWeights {
    /// Fills `weights` (room for `count`) with the weights of scores `x`, unnormalised by what rounding leaves; returns their sum
    /// and the `x` at which they begin.
    /// - Parameters: `top` is the largest score, `scale` is a − 1, or that times what turns `x` into scores.
    static func fill(
        _ weights: UnsafeMutablePointer<Float>, of x: UnsafePointer<Float>, count: Int, top: Float, alpha: Double,
        scale: Float
    ) -> (total: Double, cut: Float) {
        weights.update(from: x, count: count)
        let tau = tau(weights, count: count, top: top, alpha: alpha, scale: scale)
        weights.update(from: x, count: count)
        return (ck_entmax_weights(weights, count, top, scale, tau, Float(1 / (alpha - 1))), top + tau / scale)
    }

    /// τ for `(x − top)·scale`; the list is used up. Where small weights rise steeply (a > 2) only float64 finds it.
    static func tau(
        _ x: UnsafeMutablePointer<Float>, count: Int, top: Float, alpha: Double, scale: Float
    ) -> Float {
        if alpha > 2 {
            let z = (0..<count).map { Double(scale) * (Double(x[$0]) - Double(top)) }
            return Float(Entmax.threshold(z, alpha: alpha))
        }
        var kept = count
        return (ck_entmax_cut(x, &kept, top, -.greatestFiniteMagnitude, scale, Float(1 / (alpha - 1))) - top) * scale
    }
}
