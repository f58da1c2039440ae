import Attention
import CKernels
import Foundation
import HalfSpace
import Policies

/// Quest's step with the kernels that half-space reporting uses, to be timed: bounds of all pages, the best of them, softmax over
/// their keys.
///
/// `Σ max(q_t·least_t, q_t·largest_t)` is one product of length 2d: of the largest entries and the least ones with the query's
/// positive part and its negative one.
public final class QuestScan {
    private let store: KeyValueStore
    /// Of each whole page the largest entries, then the least.
    private let pages: KeyValueStore
    private let scratch = Scratch()
    private let chosen = Scratch()
    private var room: [Float] = []

    private static let pageSize = Quest.pageSize

    /// Over the whole pages of the rows present.
    /// - Throws: `NonFiniteEntry`; never for a store's own keys.
    public init(store: KeyValueStore) throws {
        self.store = store
        let d = store.dimension
        let count = store.count / Self.pageSize
        pages = KeyValueStore(dimension: 2 * d, valueDimension: 1, capacity: count)
        for page in 0..<count {
            var largest = Array(repeating: -Float.greatestFiniteMagnitude, count: d)
            var least = Array(repeating: Float.greatestFiniteMagnitude, count: d)
            for row in page * Self.pageSize..<(page + 1) * Self.pageSize {
                for (t, entry) in store.key(row).enumerated() {
                    (largest[t], least[t]) = (max(largest[t], entry), min(least[t], entry))
                }
            }
            try pages.append(keys: largest + least, values: [0])
        }
    }

    /// Whether the kernels hold vectors of twice this length.
    public static func serves(_ store: KeyValueStore) -> Bool { 2 * store.dimension <= KeyValueStore.mostDimensions }

    /// Softmax over the keys of so many pages of largest bound.
    public func attend(_ query: [Float], pages wanted: Int, into output: AttentionOutput) {
        output.clear()
        let count = pages.count
        let wanted = min(wanted, count)
        guard wanted > 0 else { return }
        let scale = Float(1 / Double(store.dimension).squareRoot())
        scratch.reserve(count + 16)
        var bounds = pages.kernelRows
        let both = query.map { max($0, 0) } + query.map { min($0, 0) }
        ck_dots(&bounds, 0, count, scratch.padded(both), scratch.dots)
        if room.count < count + 16 { room = Array(repeating: 0, count: count + 16) }
        let bar = ck_rank(scratch.dots, count, wanted, &room)
        let rows = wanted * Self.pageSize
        chosen.reserve(rows + 16)
        let q = chosen.padded(query, scale: scale)
        var keys = store.kernelRows
        var listed = 0
        for page in 0..<count where scratch.dots[page] >= bar && listed < rows {
            let first = page * Self.pageSize
            ck_dots(&keys, first, first + Self.pageSize, q, chosen.dots + listed)
            for i in 0..<Self.pageSize { chosen.ids[listed + i] = UInt32(first + i) }
            listed += Self.pageSize
        }
        let top = ck_largest(chosen.dots, listed)
        let total = ck_exponential_weights(chosen.dots, listed, 1, top, chosen.weights)
        let values = keys.values
        output.values.withUnsafeMutableBufferPointer { sum in
            guard let out = sum.baseAddress else { return }
            ck_sum_values(values, sum.count, chosen.ids, chosen.weights, listed, out)
            for t in sum.indices { sum[t] /= Float(total) }
        }
    }
}
