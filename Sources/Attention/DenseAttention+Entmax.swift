import CKernels
import HalfSpace

extension DenseAttention {
    /// Dense α-entmax where the kernel of a step does not serve: prefixes, α > 2, scores that float32 hardly holds.
    func attendEntmax(
        _ alpha: Double, rows: Int, _ query: [Float], into output: AttentionOutput
    ) {
        precondition(query.count == store.dimension && output.count == store.valueDimension)
        for t in sums.indices { sums[t] = 0 }
        let q = scratch.padded(query, scale: Float(1 / Double(store.dimension).squareRoot()))
        var view = store.kernelRows
        scratch.reserve(rows)
        let dots = scratch.dots
        ck_dots(&view, 0, rows, q, dots)
        let largest = rows > 0 ? ck_largest(dots, rows) : 0
        let listed = ck_list(dots, rows, largest - Float(Entmax.reach(alpha)) * 1.0001, nil, scratch.weights)
        let scale = Float(alpha - 1)
        let tau =
            listed > 0
            ? EntmaxWeights.tau(scratch.weights, count: listed, top: largest, alpha: alpha, scale: scale) : 0
        let weight = ck_entmax_weights(dots, rows, largest, scale, tau, Float(1 / (alpha - 1)))
        // Blocks of values are read whole: what lies past the last row weighs nothing.
        for i in rows..<rows + 16 { dots[i] = 0 }
        sums.withUnsafeMutableBufferPointer { sums in
            guard let out = sums.baseAddress else { return }
            ck_dense_values(&view, rows, dots, out)
        }
        output.normaliser = rows > 0 ? 1 : 0
        let total = weight > 0 ? 1 / weight : 0
        output.set { Float(sums[$0] * total) }
    }
}
