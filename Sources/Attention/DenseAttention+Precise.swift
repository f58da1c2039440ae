import CKernels
import Foundation
import HalfSpace

extension DenseAttention {
    /// Dense attention where float32 does not hold scores or weights: float32 tells which keys may have a weight, float64 scores
    /// and weighs those, and every value is read.
    func attendPrecisely(_ query: [Float], activation: Activation, threshold b: Double, into output: AttentionOutput) {
        let n = store.count
        for t in sums.indices { sums[t] = 0 }
        scratch.reserve(n)
        let rows = candidates(query, activation, threshold: b)
        guard !rows.isEmpty else {
            output.normaliser = 0
            return output.clear()
        }
        let scores = Membership.scores(of: query, rows: rows, in: store)
        let largest = scores.indices.max { scores[$0] < scores[$1] }
        var weights: [Float] = []
        let logNormaliser = ScoreWeights.fill(
            &weights, scores: scores, activation: activation, threshold: b,
            rounding: largest.map { FloatPrecision.rounding(query, store.key(Int(rows[$0])), threshold: b) } ?? 0)
        // Blocks of values are read whole: what lies past the last row weighs nothing.
        let spread = scratch.weights
        for i in 0..<n + 16 { spread[i] = 0 }
        for (row, weight) in zip(rows, weights) { spread[Int(row)] = weight }
        var view = store.kernelRows
        sums.withUnsafeMutableBufferPointer { sums in
            guard let out = sums.baseAddress else { return }
            ck_dense_values(&view, n, spread, out)
        }
        output.normaliser = exp(logNormaliser)
        sums.withUnsafeBufferPointer { output.set($0, times: 1) }
    }

    /// Rows among which all are that have a weight which float32 can hold.
    private func candidates(_ query: [Float], _ activation: Activation, threshold b: Double) -> [UInt32] {
        let n = store.count
        let scale = Float(1 / Double(store.dimension).squareRoot())
        let slack = FloatPrecision(query, store).bound(near: b.isFinite ? b : 0)
        guard n > 0, slack < 0x1p60, abs(b) < 0x1p96 || b.isInfinite else { return Array(0..<UInt32(n)) }
        let dots = scratch.dots
        var view = store.kernelRows
        ck_dots(&view, 0, n, scratch.padded(query, scale: scale), dots)
        let top = Double(ck_largest(dots, n))
        let low: Double
        switch activation {
        case .relu: low = b - slack
        // What lies that far below the largest weighs less than float32 holds of it.
        case .softmax: low = top - 2 * slack - 110
        case .entmax(let alpha): low = top - 2 * slack - min(110, Entmax.reach(alpha))
        }
        let count = ck_list(dots, n, Float(max(low, -0x1p100)).nextDown, scratch.ids, scratch.weights)
        return Array(UnsafeBufferPointer(start: scratch.ids, count: count))
    }
}
