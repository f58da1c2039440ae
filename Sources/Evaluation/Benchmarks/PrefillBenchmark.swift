import Attention
import HalfSpace

/// Prefills of many queries: dense blocks and the others alternate in one process, all on the same cores.
public struct PrefillBenchmark {
    public var plan: BenchmarkPlan
    public var methods: [PrefillMethod]
    /// Whether a key after its query is not seen.
    public var causal = false
    /// Prefills of each kind; the fastest counts.
    public var rounds = 2
    /// Threads; nil takes every core.
    public var workers: Int?

    public init(_ plan: BenchmarkPlan, methods: [PrefillMethod]) {
        self.plan = plan
        self.methods = methods
    }

    /// The fastest prefill of a method and of the dense blocks.
    public struct Measurement {
        public let method: PrefillMethod
        public let best: PrefillResult
        public let naive: PrefillResult
        public let rows: Int

        /// Naive over HSR.
        public var ratio: Double { naive.seconds / best.seconds }

        /// The largest difference of two outputs.
        public var largestError: Double {
            zip(best.outputs, naive.outputs).map { abs(Double($0) - Double($1)) }.max() ?? 0
        }

        /// Keys of a row, on average; nil where nothing counts them.
        public var reported: Double? { best.reported.map { Double($0.reduce(0, +)) / Double(max(1, rows)) } }
    }

    /// One measurement for each method.
    /// - Parameter rows: how many queries are prefilled; with `causal` at most n.
    /// - Throws: what a prefill or `plan.progress` throws.
    public func measure(_ input: BenchmarkInput, rows: Int) throws -> [Measurement] {
        let queries = try (0..<rows).flatMap { try input.query($0) }
        func prefill(_ method: PrefillMethod, _ round: Int) throws -> PrefillResult {
            try plan.progress(
                "d = \(input.d), n = \(input.n): round \(round + 1) of \(rounds), \(method.rawValue)")
            return try Prefill.run(
                PrefillRequest(
                    queries: queries, activation: plan.activation, threshold: plan.threshold, causal: causal,
                    method: method, threads: workers), store: input.store)
        }
        var dense: [PrefillResult] = []
        var others = Array(repeating: [PrefillResult](), count: methods.count)
        for round in 0..<rounds {
            dense.append(try prefill(.dense, round))
            for (i, method) in methods.enumerated() { others[i].append(try prefill(method, round)) }
        }
        guard let naive = dense.min(by: { $0.seconds < $1.seconds }) else { return [] }
        return zip(methods, others).compactMap { method, results in
            results.min { $0.seconds < $1.seconds }.map {
                Measurement(method: method, best: $0, naive: naive, rows: rows)
            }
        }
    }
}
