import Attention
import Foundation
import HalfSpace
import Measurement

/// Softmax over the r keys of largest score: through the index, by a scan with a sampled threshold, and over all keys.
public struct TopRBenchmark {
    public var plan: BenchmarkPlan

    public init(_ plan: BenchmarkPlan) { self.plan = plan }

    /// Times in microseconds.
    public struct Measurement {
        public let r: Int
        public let queries: Int
        public internal(set) var statistics: IndexStatistics
        /// Mean over the queries.
        public internal(set) var reported = 0.0
        public internal(set) var hsr = Samples([])
        public internal(set) var scan = Samples([])
        /// Softmax over every key.
        public internal(set) var full = Samples([])
        /// Scan over HSR, query by query.
        public internal(set) var ratios = Samples([])
        public internal(set) var missed = 0
        public internal(set) var extra = 0
    }

    /// - Throws: `IndexCannotServe`, or what `plan.progress` throws.
    public func measure(_ input: BenchmarkInput, choice: IndexChoice) throws -> Measurement {
        let (store, cold) = (input.store, plan.cold)
        let r = plan.threshold.budget.count(of: input.n)
        let hints = QueryHints(
            expectedShare: Double(r) / Double(max(1, input.n)), demand: .largest,
            queries: input.n > 0 ? try (0..<8).map { try input.query($0) } : [])
        try plan.progress("d = \(input.d), n = \(input.n), \(choice.name): building")
        let index = try ReportingIndex(store: store, choice: choice, hints: hints, threads: plan.threads)
        let (sparse, scan, dense) = (
            SparseAttention(index: index), TopRScan(store: store), DenseAttention(store: store)
        )
        let output = AttentionOutput(valueDimension: store.valueDimension)
        var settings = plan.threshold
        settings.rule = .count
        let chooser = ThresholdChooser(settings: settings, activation: .softmax)
        let queries = plan.queryCount(input.n)
        var times = (hsr: [Double](), scan: [Double](), full: [Double]())
        var result = Measurement(r: r, queries: queries, statistics: index.statistics)
        let report = Report()
        for i in -2..<queries {
            let query = try input.query(i + 2)
            cold?.empty()
            // The spread of the scores, by which a threshold is remembered, is part of finding it.
            var found: AttentionFinding?
            let hsr = try Stopwatch.microseconds {
                let chosen = chooser.choose(query, over: input.statistics)
                found = try sparse.attend(query, activation: .softmax, threshold: chosen, into: output)
            }
            cold?.empty()
            let scanned = Stopwatch.microseconds { scan.attend(query, r: r, into: output) }
            cold?.empty()
            let full = Stopwatch.microseconds {
                dense.attend(query, activation: .softmax, threshold: 0, into: output)
            }
            guard i >= 0, let found else { continue }
            times.hsr.append(hsr)
            times.scan.append(scanned)
            times.full.append(full)
            result.reported += Double(found.count ?? 0) / Double(queries)
            if plan.checks {
                try sparse.list(found, of: query, into: report)
                let check = SetCheck(found, of: query, report: report, store: store)
                let expected = Self.largest(r, of: query, in: store)
                let present = expected.intersection(report.positions).count
                result.missed += max(check.missed, expected.count - present)
                result.extra += max(check.extra, report.count - present)
            }
            try plan.progress("d = \(input.d), n = \(input.n), \(choice.name): query \(i + 1) of \(queries)")
        }
        (result.hsr, result.scan, result.full) = (Samples(times.hsr), Samples(times.scan), Samples(times.full))
        result.ratios = Samples(zip(times.scan, times.hsr).map { $0 / $1 })
        result.statistics = index.statistics
        return result
    }

    /// The definition: every score in float64, sorted; ties with the r-th are in.
    private static func largest(_ r: Int, of query: [Float], in store: KeyValueStore) -> Set<UInt32> {
        guard r > 0 else { return [] }
        let scores = query.withUnsafeBufferPointer { q in
            (0..<store.count).map { Membership.score(q, store.key($0)) }
        }
        guard r < scores.count else { return Set(scores.indices.map(UInt32.init)) }
        let least = scores.sorted(by: >)[r - 1]
        return Set(scores.indices.lazy.filter { scores[$0] >= least }.map(UInt32.init))
    }
}
