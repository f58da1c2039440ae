import CKernels
import HalfSpace

extension DenseAttention {
    /// Dense α-entmax: every key scored, τ solved in float64 on the scores near the largest, all n weights computed, every
    /// value read.
    func attendEntmax(
        _ alpha: Double, rows: Int, _ query: [Float], into output: inout AttentionOutput
    ) {
        precondition(query.count == store.dimension && output.values.count == store.valueDimension)
        for t in sums.indices { sums[t] = 0 }
        let q = scratch.padded(query, scale: Float(1 / Double(store.dimension).squareRoot()))
        var view = store.kernelRows
        scratch.reserve(rows)
        let dots = scratch.dots
        ck_dots(&view, 0, rows, q, dots)
        let largest = rows > 0 ? ck_largest(dots, rows) : 0
        let reach = Float(Entmax.reach(alpha)) * 1.0001
        near.removeAll(keepingCapacity: true)
        for i in 0..<rows where dots[i] >= largest - reach { near.append((alpha - 1) * Double(dots[i] - largest)) }
        let tau = near.isEmpty ? 0 : Entmax.threshold(near, alpha: alpha)
        let weight = ck_entmax_weights(
            dots, rows, largest, Float(alpha - 1), Float(tau), Float(1 / (alpha - 1)))
        sums.withUnsafeMutableBufferPointer { sums in
            guard let out = sums.baseAddress else { return }
            ck_dense_values(&view, rows, dots, out)
        }
        output.normaliser = rows > 0 ? 1 : 0
        let scale = weight > 0 ? 1 / weight : 0
        for t in sums.indices { output.values[t] = Float(sums[t] * scale) }
    }
}
