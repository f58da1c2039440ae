import Foundation

/// How many keys indexes would have to score one by one, measured on a sample of the keys: on keys that cluster boxes
/// prune far more than on normal ones, and no formula knows.
struct PlanProbe {
    private let small: KeyValueStore
    private let large: KeyValueStore
    private let queries: [Query]
    private let n: Int

    /// Keys of the two samples, evenly spread over the store.
    static let sizes = (1024, 8192)
    private static let queryCount = 8

    /// - Parameter share: of the keys, in the half-spaces to come.
    init?(of store: KeyValueStore, hints: QueryHints, share: Double) {
        n = store.count
        guard n >= Self.sizes.1, let small = Self.sample(store, Self.sizes.0),
            let large = Self.sample(store, Self.sizes.1)
        else { return nil }
        (self.small, self.large) = (small, large)
        var dice = SplitMix(seed: 7)
        let vectors: [[Float]] =
            hints.queries.isEmpty
            ? (0..<Self.queryCount).map { _ in Array(large.key(Int(dice.next() % UInt64(large.count)))) }
            : hints.queries
        queries = vectors.prefix(Self.queryCount).compactMap { vector in
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
        let copy = KeyValueStore(dimension: store.dimension, valueDimension: 1, capacity: count)
        var keys: [Float] = []
        keys.reserveCapacity(count * store.dimension)
        for i in 0..<count { keys += store.key(i * store.count / count) }
        return (try? copy.append(keys: keys, values: Array(repeating: 0, count: count))) == nil ? nil : copy
    }

    /// Keys in leaves that the boundary crosses, of a tree over all keys: what both samples say, carried on as a power of n.
    func treeCandidates() -> Double {
        let (few, many) = (candidates(of: TreeIndex.self, in: small), candidates(of: TreeIndex.self, in: large))
        guard few > 0, many > 0 else { return many }
        let exponent = min(max(log(many / few) / log(Double(large.count) / Double(small.count)), 0), 1)
        return min(many * pow(Double(n) / Double(large.count), exponent), Double(n))
    }

    /// Keys that codes of a few bits leave.
    func codeCandidates() -> Double {
        candidates(of: QuantisedIndex.self, in: large) * Double(n) / Double(large.count)
    }

    /// What a prefix of the principal components reads.
    struct PrefixWork {
        /// Boxes and codes.
        let bytes: Double
        /// Keys that they leave.
        let candidates: Double
        /// How much of the keys' variance the prefix holds, in words.
        let spectrum: String
    }

    /// What a prefix reads; nil where keys are not of low rank.
    func prefixWork() -> PrefixWork? {
        guard
            let index = try? PrefixIndex(
                store: large, rows: 0..<large.count, hints: QueryHints(queries: queries.map(\.vector)), threads: 1,
                progress: { _ in })
        else { return nil }
        let (report, reporter) = (Report(), SoloReporter(index, store: large))
        for query in queries { reporter.add(query, to: report) }
        let scale = Double(n) / Double(large.count) / Double(queries.count)
        let rows = report.work.candidates * large.dimension * MemoryLayout<Float>.size
        return PrefixWork(
            bytes: Double(report.work.bytesRead - rows) * scale, candidates: Double(report.work.candidates) * scale,
            spectrum: index.spectrum)
    }

    private func candidates(of kind: any StaticIndex.Type, in sample: KeyValueStore) -> Double {
        guard let index = try? kind.init(store: sample, rows: 0..<sample.count, progress: { _ in }) else {
            return Double(sample.count)
        }
        let (report, reporter) = (Report(), SoloReporter(index, store: sample))
        for query in queries { reporter.add(query, to: report) }
        return Double(report.work.candidates) / Double(queries.count)
    }
}
