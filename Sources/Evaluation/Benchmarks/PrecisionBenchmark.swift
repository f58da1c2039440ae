import Attention
import HalfSpace
import Workload

/// The arithmetic's own errors, against the float64 referee, where all scores have a large common part.
public struct PrecisionBenchmark {
    /// Keys, head dimension, queries a row and the seed of the keys.
    public struct Size: Sendable {
        public var n = 4096
        public var d = 64
        public var queries = 5
        public var seed: UInt64 = 1

        public init() {}
    }

    /// The largest of some queries' errors.
    public struct Errors: Sendable, Equatable {
        /// ‖out − referee‖₂ / ‖referee‖₂ of half-space reporting, over the keys that it reports, and of naive.
        public var hsr = 0.0
        public var naive = 0.0
        /// How far, at most, rounding keys and queries to float32 moves a score: no arithmetic on them knows more.
        public var scoreResolution = 0.0
    }

    private let store: KeyValueStore
    private let queries: [[Float]]
    private let index: ReportingIndex
    private let common: Double

    /// Gaussian keys, with a common direction added so that every score is about `common`, and differs by about 1.
    /// - Throws: what the workload or the index throws.
    public init(common: Double, size: Size) throws {
        self.common = common
        let workload = try GaussianWorkload(n: size.n, d: size.d, seed: size.seed)
        let made = try BenchmarkInput(workload).store
        let store = KeyValueStore(dimension: size.d, valueDimension: size.d, capacity: size.n)
        // The direction (1, …, 1)/√d, which each query has a length of √d in.
        let part = Float(common / Double(size.d).squareRoot())
        for row in 0..<made.count {
            try store.append(keys: made.key(row).map { $0 + part }, values: Array(made.value(row)))
        }
        self.store = store
        queries = (0..<size.queries).map { step in
            workload.step(step, sequence: 0).query.map { 1 + $0 / 64 }
        }
        index = try ReportingIndex(store: store, choice: .auto)
    }

    /// - Throws: `NonFiniteEntry` if a query holds a NaN or an infinity.
    public func measure(_ activation: Activation) throws -> Errors {
        let (sparse, dense, referee) = (
            SparseAttention(index: index), DenseAttention(store: store), Referee(store: store)
        )
        let statistics = KeyStatistics(of: store, rows: 0..<store.count)
        let chooser = ThresholdChooser(settings: ThresholdSettings(), activation: activation)
        let output = AttentionOutput(valueDimension: store.valueDimension)
        var worst = Errors()
        for query in queries {
            let chosen = chooser.choose(query, over: statistics)
            let found = try sparse.attend(query, activation: activation, threshold: chosen, into: output)
            referee.attend(query, activation: activation, threshold: found.threshold, over: .reported)
            worst.hsr = max(worst.hsr, referee.error(of: output).relative)
            dense.attend(query, activation: activation, threshold: chosen.value, into: output)
            referee.attend(query, activation: activation, threshold: chosen.value)
            worst.naive = max(worst.naive, referee.error(of: output).relative)
            worst.scoreResolution = max(worst.scoreResolution, InputPrecision.scoreResolution(query, store))
        }
        return worst
    }
}
