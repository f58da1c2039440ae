import CKernels
import Foundation
import HalfSpace

/// The honest rival of top-r through an index: a float32 scan of every key with a threshold that a sample gives, the r
/// largest of what it leaves, and the softmax of those; O(n·d + k).
public final class TopRScan {
    private let store: KeyValueStore
    private let scratch = Scratch()
    private var dots: [Float] = []
    private var ids: [UInt32] = []
    private var ranked: [Float] = []
    private var weights: [Float] = []

    private static let chunk = 4096
    private static let sample = 1024

    public init(store: KeyValueStore) { self.store = store }

    /// Softmax over the r keys of largest float32 score.
    public func attend(_ query: [Float], r: Int, into output: inout AttentionOutput) {
        precondition(query.count == store.dimension && output.values.count == store.valueDimension)
        for t in output.values.indices { output.values[t] = 0 }
        output.normaliser = 0
        guard r > 0, store.count > 0 else { return }
        list(query, reaching: sampledBound(query, r: r))
        if dots.count < min(r, store.count) { list(query, reaching: -.infinity) }
        keep(r)
        weigh(into: &output)
    }

    /// A score that some more than r keys reach, from keys evenly spread over the store.
    private func sampledBound(_ query: [Float], r: Int) -> Float {
        let n = store.count
        guard n >= 16 * Self.sample else { return -.infinity }
        let scale = 1 / Float(store.dimension).squareRoot()
        ranked.removeAll(keepingCapacity: true)
        for i in 0..<Self.sample {
            let key = store.key(i * n / Self.sample)
            var dot: Float = 0
            for t in query.indices { dot += query[t] * key[t] }
            ranked.append(dot * scale)
        }
        let expected = Double(r) * Double(Self.sample) / Double(n)
        let rank = Int((expected + 2 * expected.squareRoot() + 1).rounded(.up))
        guard rank < Self.sample else { return -.infinity }
        ranked.sort(by: >)
        return ranked[rank]
    }

    private func list(_ query: [Float], reaching bound: Float) {
        let q = scratch.padded(query, scale: Float(1 / Double(store.dimension).squareRoot()))
        var view = store.kernelRows
        scratch.reserve(Self.chunk)
        dots.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
        for first in stride(from: 0, to: store.count, by: Self.chunk) {
            let last = min(first + Self.chunk, store.count)
            let listed = ck_scan(&view, first, last, q, bound, scratch.ids, scratch.dots)
            dots.append(contentsOf: UnsafeBufferPointer(start: scratch.dots, count: listed))
            ids.append(contentsOf: UnsafeBufferPointer(start: scratch.ids, count: listed))
        }
    }

    private func keep(_ r: Int) {
        guard r < dots.count else { return }
        ranked = dots
        ranked.sort(by: >)
        let least = ranked[r - 1]
        var kept = 0
        for i in dots.indices where dots[i] >= least {
            dots[kept] = dots[i]
            ids[kept] = ids[i]
            kept += 1
        }
        dots.removeSubrange(kept...)
        ids.removeSubrange(kept...)
    }

    private func weigh(into output: inout AttentionOutput) {
        guard let top = dots.max() else { return }
        weights = Array(repeating: 0, count: dots.count + 16)
        let count = dots.count
        let total = ck_exponential_weights(dots, count, 1, top, &weights)
        guard let values = store.kernelRows.values else { return }
        output.values.withUnsafeMutableBufferPointer { sum in
            guard let out = sum.baseAddress else { return }
            ck_sum_values(values, sum.count, sum.count, ids, weights, count, out)
            for t in sum.indices { sum[t] /= Float(total) }
        }
        output.normaliser = total * exp(Double(top))
    }
}
