import CKernels
import Foundation
import HalfSpace
import Measurement

/// Dense softmax or ReLU^α of several queries over the same keys and values, as naive attention computes it: a stretch of rows is read
/// by all queries while it lies in the second-level cache, and parts of the rows by several threads side by side.
///
/// ``start(_:activation:thresholds:over:parts:)``, then ``sum(_:)`` of every part on any threads, then ``finish(_:into:)``.
public final class GroupedDense: @unchecked Sendable {
    private var store: KeyValueStore?
    private var view = ck_rows()
    private var queries: [[Float]] = []
    private var activation = Activation.softmax
    private var thresholds: [Double] = []
    private let scaled: [AlignedBuffer<Float>]
    private var parts = 1
    private var partials: [Partial] = []
    private let valueDimension: Int
    /// The sums of one query, of all parts.
    private var joined: [Double]

    /// What one part of the rows makes of one query: exponentials relative to the largest score, or powers.
    private final class Partial {
        var largest = -Float.infinity
        var weight = 0.0
        /// About how many weights of ReLU are above 0.
        var positive = 0
        var sums: [Double]
        /// What the part took for all queries, noted with the first.
        var seconds = 0.0

        init(_ count: Int) { sums = Array(repeating: 0, count: count) }

        func clear() {
            (largest, weight, positive) = (-.infinity, 0, 0)
            sums.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
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

    /// Whether queries of this activation can share one reading: entmax has to know the largest score before it weighs any.
    public static func serves(_ activation: Activation) -> Bool {
        if case .entmax = activation { false } else { true }
    }

    /// Takes the queries, over the rows that the store holds now.
    /// - Parameters:
    ///   - queries: At most as many as it was made for, d floats each.
    ///   - activation: Softmax or ReLU^α; ``serves(_:)`` says whether it is one of them.
    ///   - thresholds: b of every query in score units, for ReLU.
    ///   - store: The keys and values that they share.
    ///   - parts: How many shares the rows are cut into.
    public func start(
        _ queries: [[Float]], activation: Activation = .softmax, thresholds: [Double] = [], over store: KeyValueStore,
        parts: Int
    ) {
        precondition(queries.count <= scaled.count && queries.allSatisfy { $0.count == store.dimension })
        precondition(store.valueDimension == valueDimension && parts >= 1 && Self.serves(activation))
        precondition(activation == .softmax || thresholds.count == queries.count)
        (self.store, view, self.queries, self.parts) = (store, store.kernelRows, queries, parts)
        (self.activation, self.thresholds) = (activation, thresholds)
        let scale = Float(1 / Double(store.dimension).squareRoot())
        for (query, row) in zip(queries, scaled) { for t in query.indices { row.base[t] = query[t] * scale } }
        while partials.count < queries.count * parts { partials.append(Partial(valueDimension)) }
    }

    /// Sums one part for all queries; different parts may be summed side by side. O(rows/parts·(d + dv)) a query.
    public func sum(_ part: Int) {
        guard let store else { return }
        let watch = Stopwatch()
        let (n, block) = (store.count, 64)
        func bound(_ part: Int) -> Int { part == parts ? n : n * part / parts / block * block }
        let rows = bound(part)..<bound(part + 1)
        let stretch = max(
            block, Self.stretchBytes / (store.format.bytes * (store.dimension + valueDimension)) / block * block)
        let mine = queries.indices.map { partials[$0 * parts + part] }
        for partial in mine { partial.clear() }
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: stretch) {
            let last = min(rows.upperBound, first + stretch)
            for (i, partial) in mine.enumerated() { add(first..<last, of: i, to: partial) }
        }
        mine.first?.seconds = watch.seconds
    }

    private func add(_ rows: Range<Int>, of i: Int, to partial: Partial) {
        let query = scaled[i].base
        partial.sums.withUnsafeMutableBufferPointer { sums in
            guard let out = sums.baseAddress else { return }
            var view = view
            if case .relu(let alpha) = activation {
                var positive = 0
                partial.weight += ck_dense_power(
                    &view, rows.lowerBound, rows.upperBound, query, Float(thresholds[i]), Int32(clamping: alpha), out,
                    &positive)
                partial.positive += positive
            } else {
                ck_dense_exponential(
                    &view, rows.lowerBound, rows.upperBound, query, &partial.largest, &partial.weight, out)
            }
        }
    }

    /// What the last sums of all parts took, added up over the threads that made them.
    public var seconds: Double {
        queries.isEmpty ? 0 : partials[0..<parts].reduce(0) { $0 + $1.seconds }
    }

    /// Joins the parts of one query; false where float32 does not hold its weights, and the output is unspecified.
    public func finish(_ query: Int, into output: AttentionOutput) -> Bool {
        guard let store else { return false }
        let mine = partials[query * parts..<(query + 1) * parts]
        if case .relu(let alpha) = activation { return finishPowers(query, mine, store, alpha: alpha, into: output) }
        let largest = mine.reduce(-Float.infinity) { max($0, $1.largest) }
        guard store.count == 0 || FloatPrecision(queries[query], store).holdsExponentials(upTo: Double(largest)) else {
            return false
        }
        let factors = mine.map { $0.largest > -.infinity ? exp(Double($0.largest) - Double(largest)) : 0 }
        let weight = zip(factors, mine).reduce(0) { $0 + $1.0 * $1.1.weight }
        output.normaliser = weight > 0 ? weight * exp(Double(largest)) : 0
        join(mine, by: factors, times: weight > 0 ? 1 / weight : 0, into: output)
        return true
    }

    private func finishPowers(
        _ query: Int, _ mine: ArraySlice<Partial>, _ store: KeyValueStore, alpha: Int, into output: AttentionOutput
    ) -> Bool {
        let weight = mine.reduce(0) { $0 + $1.weight }
        let positive = mine.reduce(0) { $0 + $1.positive }
        guard abs(thresholds[query]) < 0x1p60, store.count == 0 || weight > 1e-30 && weight < 1e30,
            FloatPrecision(queries[query], store).holdsPowers(
                above: thresholds[query], weight: weight, count: positive, alpha: alpha)
        else { return false }
        output.normaliser = weight
        join(mine, by: mine.map { _ in 1 }, times: weight > 0 ? 1 / weight : 0, into: output)
        return output.isFinite
    }

    /// Sums what the parts of a query summed, each times its factor.
    private func join(
        _ mine: ArraySlice<Partial>, by factors: [Double], times scale: Double, into output: AttentionOutput
    ) {
        joined.withUnsafeMutableBufferPointer { joined in
            joined.update(repeating: 0)
            for (factor, partial) in zip(factors, mine) {
                partial.sums.withUnsafeBufferPointer { sums in
                    for t in joined.indices { joined[t] += factor * sums[t] }
                }
            }
            output.set(UnsafeBufferPointer(joined), times: scale)
        }
    }
}
