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
        let listed = ck_list(dots, rows, largest - reach, scratch.ids, scratch.weights)
        for i in 0..<listed { near.append((alpha - 1) * Double(scratch.weights[i] - largest)) }
        let tau = near.isEmpty ? 0 : Entmax.threshold(near, alpha: alpha)
        (nearCount, nearLargest) = (listed, largest)
        let weight = ck_entmax_weights(
            dots, rows, largest, Float(alpha - 1), Float(tau), Float(1 / (alpha - 1)))
        // Blocks of values are read whole: what lies past the last row weighs nothing.
        for i in rows..<rows + 16 { dots[i] = 0 }
        sums.withUnsafeMutableBufferPointer { sums in
            guard let out = sums.baseAddress else { return }
            ck_dense_values(&view, rows, dots, out)
        }
        output.normaliser = rows > 0 ? 1 : 0
        let scale = weight > 0 ? 1 / weight : 0
        for t in sums.indices { output.values[t] = Float(sums[t] * scale) }
    }

    /// The largest score of the last entmax, by the definition; `slack` bounds the error of a float32 score.
    func largestScore(of query: [Float], slack: Double) -> Double {
        let low = GuardBand.roundedDown(Double(nearLargest) - 2 * slack)
        return query.withUnsafeBufferPointer { q in
            var largest = -Double.infinity
            for i in 0..<nearCount where scratch.weights[i] >= low {
                largest = max(largest, Membership.score(q, store.key(Int(scratch.ids[i]))))
            }
            return largest
        }
    }
}
