import CKernels
import HalfSpace

extension DenseAttention {
    /// Dense α-entmax: every key scored, τ solved on the scores near the largest, all n weights computed, every value read.
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
        let listed = ck_list(dots, rows, largest - reach, scratch.ids, scratch.weights)
        if near.count < listed { near = Array(repeating: 0, count: 2 * listed) }
        let scale = Float(alpha - 1)
        let tau = near.withUnsafeMutableBufferPointer { near -> Float in
            guard let x = near.baseAddress, listed > 0 else { return 0 }
            x.update(from: scratch.weights, count: listed)
            return EntmaxWeights.tau(x, count: listed, top: largest, alpha: alpha, scale: scale)
        }
        (nearCount, nearLargest) = (listed, largest)
        let weight = ck_entmax_weights(dots, rows, largest, scale, tau, Float(1 / (alpha - 1)))
        // Blocks of values are read whole: what lies past the last row weighs nothing.
        for i in rows..<rows + 16 { dots[i] = 0 }
        sums.withUnsafeMutableBufferPointer { sums in
            guard let out = sums.baseAddress else { return }
            ck_dense_values(&view, rows, dots, out)
        }
        output.normaliser = rows > 0 ? 1 : 0
        let total = weight > 0 ? 1 / weight : 0
        for t in sums.indices { output.values[t] = Float(sums[t] * total) }
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
