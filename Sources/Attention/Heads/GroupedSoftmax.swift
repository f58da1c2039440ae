import CKernels
import Foundation
import HalfSpace

/// Dense softmax of several queries over the same keys and values, as naive attention computes it: a stretch of rows is read by all
/// queries while it lies in the second-level cache, and parts of the rows by several threads side by side.
///
/// ``start(_:over:parts:)``, then ``sum(_:)`` of every part on any threads, then ``finish(_:into:)``.
public final class GroupedSoftmax: @unchecked Sendable {
    private var store: KeyValueStore?
    private var view = ck_rows()
    private var queries: [[Float]] = []
    private let scaled: [AlignedBuffer<Float>]
    private var parts = 1
    private var partials: [Partial] = []
    private let valueDimension: Int
    /// The sums of one query, of all parts.
    private var joined: [Double]

    /// What one part of the rows makes of one query: exponentials relative to the largest score.
    private final class Partial {
        var largest = -Float.infinity
        var weight = 0.0
        var sums: [Double]

        init(_ count: Int) { sums = Array(repeating: 0, count: count) }

        func clear() {
            (largest, weight) = (-.infinity, 0)
            for t in sums.indices { sums[t] = 0 }
        }
    }

    /// Bytes of keys and values that stay near from one query to the next.
    private static let stretchBytes = 1 << 19

    /// For at most so many queries at a time.
    public init(queries: Int, dimension: Int, valueDimension: Int) {
        self.valueDimension = valueDimension
        joined = Array(repeating: 0, count: valueDimension)
        scaled = (0..<queries).map { _ in AlignedBuffer(count: dimension + 64) }
    }

    /// Takes the queries, over the rows that the store holds now.
    /// - Parameters:
    ///   - queries: At most as many as it was made for, d floats each.
    ///   - store: The keys and values that they share.
    ///   - parts: How many shares the rows are cut into.
    public func start(_ queries: [[Float]], over store: KeyValueStore, parts: Int) {
        precondition(queries.count <= scaled.count && queries.allSatisfy { $0.count == store.dimension })
        precondition(store.valueDimension == valueDimension && parts >= 1)
        (self.store, view, self.queries, self.parts) = (store, store.kernelRows, queries, parts)
        let scale = Float(1 / Double(store.dimension).squareRoot())
        for (query, row) in zip(queries, scaled) { for t in query.indices { row.base[t] = query[t] * scale } }
        while partials.count < queries.count * parts { partials.append(Partial(valueDimension)) }
    }

    /// Sums one part for all queries; different parts may be summed side by side. O(rows/parts·(d + dv)) a query.
    public func sum(_ part: Int) {
        guard let store else { return }
        let (n, block) = (store.count, 64)
        func bound(_ part: Int) -> Int { part == parts ? n : n * part / parts / block * block }
        let rows = bound(part)..<bound(part + 1)
        let stretch = max(block, Self.stretchBytes / (4 * (store.dimension + valueDimension)) / block * block)
        let mine = queries.indices.map { partials[$0 * parts + part] }
        for partial in mine { partial.clear() }
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: stretch) {
            let last = min(rows.upperBound, first + stretch)
            for (partial, query) in zip(mine, scaled) {
                partial.sums.withUnsafeMutableBufferPointer { sums in
                    guard let out = sums.baseAddress else { return }
                    var view = view
                    ck_dense_exponential(&view, first, last, query.base, &partial.largest, &partial.weight, out)
                }
            }
        }
    }

    /// Joins the parts of one query; false where float32 does not hold its weights, and the output is unspecified.
    public func finish(_ query: Int, into output: AttentionOutput) -> Bool {
        guard let store else { return false }
        let mine = partials[query * parts..<(query + 1) * parts]
        let largest = mine.reduce(-Float.infinity) { max($0, $1.largest) }
        guard store.count == 0 || FloatPrecision(queries[query], store).holdsExponentials(upTo: Double(largest)) else {
            return false
        }
        var weight = 0.0
        for t in joined.indices { joined[t] = 0 }
        for partial in mine where partial.largest > -.infinity {
            let factor = exp(Double(partial.largest) - Double(largest))
            weight += factor * partial.weight
            for t in joined.indices { joined[t] += factor * partial.sums[t] }
        }
        output.normaliser = weight > 0 ? weight * exp(Double(largest)) : 0
        let scale = weight > 0 ? 1 / weight : 0
        output.set { Float(joined[$0] * scale) }
        return true
    }
}
