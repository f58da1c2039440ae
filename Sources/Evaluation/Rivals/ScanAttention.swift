import Attention
import CKernels
import Foundation
import HalfSpace

/// The second reference, *scan*: reads every key and skips the values of weight zero; O(n·d + k·dv) a query.
///
/// Its membership is float32's; it is what a careful programmer writes without an index. For softmax it attends to the
/// keys of score ≥ threshold, as top-r does once a threshold is known.
public final class ScanAttention {
    private let store: KeyValueStore
    private let scratch = Scratch()
    private var sums: [Float]

    private static let chunk = 4096

    public init(store: KeyValueStore) {
        self.store = store
        sums = Array(repeating: 0, count: store.valueDimension)
    }

    /// Attends over every row that the store holds now; the threshold b is in score units.
    public func attend(
        _ query: [Float], activation: Activation, threshold: Double, into output: AttentionOutput
    ) {
        precondition(query.count == store.dimension && output.count == store.valueDimension)
        let q = scratch.padded(query, scale: Float(1 / Double(store.dimension).squareRoot()))
        var view = store.kernelRows
        scratch.reserve(Self.chunk)
        let (ids, dots, weights) = (scratch.ids, scratch.dots, scratch.weights)
        var weight = 0.0
        var largest = -Float.infinity
        sums.withUnsafeMutableBufferPointer { sums in
            guard let out = sums.baseAddress else { return }
            for t in sums.indices { sums[t] = 0 }
            var first = 0
            while first < store.count {
                let last = min(first + Self.chunk, store.count)
                let listed = ck_scan(&view, first, last, q, Float(threshold), ids, dots)
                first = last
                guard listed > 0 else { continue }
                switch activation {
                case .relu(let alpha):
                    weight += ck_power_weights(
                        dots, listed, 1, Float(threshold), Int32(alpha), weights)
                case .softmax:
                    let top = ck_largest(dots, listed)
                    if top > largest {
                        // What was summed so far was relative to a smaller maximum.
                        let factor = largest == -.infinity ? 0 : exp(largest - top)
                        for t in sums.indices { sums[t] *= factor }
                        weight *= Double(factor)
                        largest = top
                    }
                    weight += ck_exponential_weights(dots, listed, 1, largest, weights)
                case .entmax:
                    preconditionFailure("entmax finds its own threshold: EntmaxAttention computes it")
                }
                ck_sum_values(view.values, view.dv, ids, weights, listed, out)
            }
        }
        output.normaliser = largest == -.infinity ? weight : weight * exp(Double(largest))
        let scale = weight > 0 ? Float(1 / weight) : 0
        sums.withUnsafeBufferPointer { output.set($0, times: scale) }
    }
}
