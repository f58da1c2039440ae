import Foundation

/// What indexes would have to do for the queries to come, counted on samples of the keys: on keys that cluster boxes prune
/// far more than on normal ones, and no formula knows.
public final class PlanProbe {
    public let shape: StepShape
    private let store: KeyValueStore
    private let hints: QueryHints
    private lazy var samples = Samples(of: store, hints: hints, share: shape.n > 0 ? shape.listed / Double(shape.n) : 0)
    private var counted: [IndexKind: QueryCounts?] = [:]
    /// What the indexes that were tried say of the keys, if anything.
    private(set) var notes: [IndexKind: String] = [:]

    /// Keys of the two samples, evenly spread over the store; all of them where there are no more.
    static let sizes = (1024, 8192)
    private static let queryCount = 8

    init(of store: KeyValueStore, hints: QueryHints) {
        (self.store, self.hints) = (store, hints)
        shape = StepShape(of: store, hints: hints)
    }

    /// What a query costs an index over all keys, from both samples; nil where it has no answer for these keys.
    public func counts(of kind: IndexKind) -> QueryCounts? {
        if let known = counted[kind] { return known }
        let counts = counted(kind)
        counted[kind] = .some(counts)
        return counts
    }

    private func counted(_ kind: IndexKind) -> QueryCounts? {
        guard let samples, let (many, note) = samples.count(kind, in: samples.large) else { return nil }
        notes[kind] = note
        guard samples.large.count < shape.n else { return many }
        let few = samples.count(kind, in: samples.small)?.counts ?? many
        let growth = log(Double(samples.large.count) / Double(samples.small.count))
        let factor = Double(shape.n) / Double(samples.large.count)
        var counts = many
        // Each is carried on as the power of n that the two samples say, which is never above 1.
        for path in [\QueryCounts.visited, \.candidates, \.bytes, \.whole, \.wholeKeys] {
            let (a, b) = (few[keyPath: path], many[keyPath: path])
            let exponent = a > 0 && b > 0 ? min(max(log(b / a) / growth, 0), 1) : 1
            counts[keyPath: path] = b * pow(factor, exponent)
        }
        counts.candidates = min(counts.candidates, Double(shape.n))
        return counts
    }

    private struct Samples {
        let small, large: KeyValueStore
        private let queries: [Query]

        init?(of store: KeyValueStore, hints: QueryHints, share: Double) {
            guard store.count > 0,
                let large = Self.sample(store, min(PlanProbe.sizes.1, store.count)),
                let small = Self.sample(store, min(PlanProbe.sizes.0, store.count))
            else { return nil }
            (self.small, self.large) = (small, large)
            var dice = SplitMix(seed: 7)
            let vectors: [[Float]] =
                hints.queries.isEmpty
                ? (0..<PlanProbe.queryCount).map { _ in Array(large.key(Int(dice.next() % UInt64(large.count)))) }
                : hints.queries
            queries = vectors.prefix(PlanProbe.queryCount).compactMap { vector in
                var scores = vector.withUnsafeBufferPointer { q in
                    (0..<large.count).map { Membership.score(q, large.key($0)) }
                }
                scores.sort(by: >)
                let b = scores[min(large.count - 1, Int(share * Double(large.count)))]
                return b.isFinite ? try? Query(vector, threshold: b) : nil
            }
            if queries.isEmpty { return nil }
        }

        private static func sample(_ store: KeyValueStore, _ count: Int) -> KeyValueStore? {
            let copy = KeyValueStore(
                dimension: store.dimension, valueDimension: 1, capacity: count, format: store.format)
            var keys: [Float] = []
            keys.reserveCapacity(count * store.dimension)
            for i in 0..<count { keys += store.key(i * store.count / count) }
            return (try? copy.append(keys: keys, values: Array(repeating: 0, count: count))) == nil ? nil : copy
        }

        /// The mean over the queries.
        func count(_ kind: IndexKind, in sample: KeyValueStore) -> (counts: QueryCounts, note: String?)? {
            let hints = QueryHints(queries: queries.map(\.vector))
            guard
                let index = try? kind.type.init(
                    store: sample, rows: 0..<sample.count, hints: hints, threads: 1, progress: { _ in })
            else { return nil }
            let (report, reporter) = (Report(), SoloReporter(index, store: sample))
            for query in queries { reporter.add(query, to: report) }
            return (
                QueryCounts(
                    report.work, queries: queries.count, of: kind, d: sample.dimension, dv: 1, format: sample.format),
                index.note
            )
        }
    }
}
