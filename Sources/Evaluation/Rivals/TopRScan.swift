import Attention
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
    private var sampled: (keys: KeyValueStore, of: Int)?
    private var sampleDots: [Float] = []

    private static let chunk = 4096
    private static let sample = 1024

    public init(store: KeyValueStore) { self.store = store }

    /// Softmax over the r keys of largest float32 score.
    public func attend(_ query: [Float], r: Int, into output: AttentionOutput) {
        precondition(query.count == store.dimension && output.count == store.valueDimension)
        output.clear()
        output.normaliser = 0
        guard r > 0, store.count > 0 else { return }
        list(query, reaching: sampledBound(query, r: r))
        if dots.count < min(r, store.count) { list(query, reaching: -.infinity) }
        keep(r)
        weigh(into: output)
    }

    /// A score that some more than r keys reach, from keys evenly spread over the store.
    private func sampledBound(_ query: [Float], r: Int) -> Float {
        let n = store.count
        guard n >= 16 * Self.sample else { return -.infinity }
        // Copied once: as the index's own sample.
        if sampled?.of != n {
            let keys = KeyValueStore(dimension: store.dimension, valueDimension: 1, capacity: Self.sample)
            let rows = (0..<Self.sample).flatMap { store.key($0 * n / Self.sample) }
            guard (try? keys.append(keys: rows, values: Array(repeating: 0, count: Self.sample))) != nil else {
                return -.infinity
            }
            sampled = (keys, n)
        }
        guard var view = sampled?.keys.kernelRows else { return -.infinity }
        if sampleDots.isEmpty { sampleDots = Array(repeating: 0, count: 2 * (Self.sample + 16)) }
        let q = scratch.padded(query, scale: Float(1 / Double(store.dimension).squareRoot()))
        let expected = Double(r) * Double(Self.sample) / Double(n)
        let rank = Int((expected + 2 * expected.squareRoot() + 1).rounded(.up))
        guard rank < Self.sample else { return -.infinity }
        return sampleDots.withUnsafeMutableBufferPointer { room in
            guard let dots = room.baseAddress else { return -.infinity }
            ck_dots(&view, 0, Self.sample, q, dots)
            return ck_rank(dots, Self.sample, rank + 1, dots + Self.sample + 16)
        }
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
        let count = dots.count
        guard r < count else { return }
        if ranked.count < count + 16 { ranked = Array(repeating: 0, count: 2 * count + 16) }
        let kept = dots.withUnsafeMutableBufferPointer { dots in
            ids.withUnsafeMutableBufferPointer { ids in
                ranked.withUnsafeMutableBufferPointer { room -> Int in
                    guard let x = dots.baseAddress, let ids = ids.baseAddress, let room = room.baseAddress else {
                        return count
                    }
                    return ck_keep(ids, x, count, ck_rank(x, count, r, room))
                }
            }
        }
        dots.removeSubrange(kept...)
        ids.removeSubrange(kept...)
    }

    private func weigh(into output: AttentionOutput) {
        guard !dots.isEmpty else { return }
        let top = ck_largest(dots, dots.count)
        if weights.count < dots.count + 16 { weights = Array(repeating: 0, count: 2 * dots.count + 16) }
        let count = dots.count
        let total = ck_exponential_weights(dots, count, 1, top, &weights)
        let values = store.kernelRows.values
        output.values.withUnsafeMutableBufferPointer { sum in
            guard let out = sum.baseAddress else { return }
            ck_sum_values(values, sum.count, ids, weights, count, out)
            for t in sum.indices { sum[t] /= Float(total) }
        }
        output.normaliser = total * exp(Double(top))
    }
}
