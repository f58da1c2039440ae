import Attention
import HalfSpace
import Measurement
import Workload

/// A growing cache: what taking in each new key costs, and the worst pause.
public struct AppendBenchmark {
    public var plan: BenchmarkPlan
    /// Keys appended one by one.
    public var keys: Int

    public init(_ plan: BenchmarkPlan, keys: Int) {
        self.plan = plan
        self.keys = keys
    }

    /// Times in microseconds.
    public struct Measurement {
        /// Keys before the first append, and after the last.
        public let start, end: Int
        public let statistics: IndexStatistics
        /// By the clock, with what reading it takes.
        public let appends: Samples
        /// Means and extremes without what reading the clocks takes, which is about as long as an append.
        public let meanAppend: Double
        /// The longest append in processor time.
        public let worstAppend: Double
        /// Decode steps between the appends.
        public let hsr, naive: Samples

        public var bytesPerKey: Double { Double(statistics.bytes) / Double(max(1, end)) }
    }

    /// Cuts the workload's prompt where appending starts: its last `keys` rows arrive one by one.
    /// - Throws: `IndexCannotServe`, or what the workload throws.
    public func measure(
        _ workload: any Workload, choice: IndexChoice, format: NumberFormat = .float32
    ) throws -> Measurement {
        let source = try BenchmarkInput(workload, format: format)
        let store = KeyValueStore(
            dimension: source.d, valueDimension: source.store.valueDimension, capacity: source.n, format: format)
        let start = max(0, source.n - keys)
        try Self.copy(source.store, 0..<start, to: store)
        let index = try ReportingIndex(store: store, choice: choice, threads: plan.threads)
        var (times, busy) = ([Double](), [Double]())
        var (naive, hsr) = ([Double](), [Double]())
        let (sparse, dense) = (SparseAttention(index: index), DenseAttention(store: store))
        let output = AttentionOutput(valueDimension: store.valueDimension)
        let chooser = ThresholdChooser(settings: plan.threshold, activation: plan.activation)
        for row in start..<source.n {
            try Self.copy(source.store, row..<row + 1, to: store)
            let began = ThreadClock.nanoseconds
            let time = Stopwatch.microseconds { index.extend() }
            busy.append(Double(ThreadClock.nanoseconds - began) / 1000)
            times.append(time)
            guard (row - start) % max(1, keys / 50) == 0 else { continue }
            let query = try source.query(row)
            let chosen = chooser.choose(query, over: source.statistics)
            var b = chosen.value
            hsr.append(
                try Stopwatch.microseconds {
                    b = try sparse.attend(
                        query, activation: plan.activation, threshold: chosen, into: output
                    ).threshold
                })
            naive.append(
                Stopwatch.microseconds {
                    dense.attend(query, activation: plan.activation, threshold: b, into: output)
                })
        }
        let appends = Samples(times)
        return Measurement(
            start: start, end: store.count, statistics: index.statistics, appends: appends,
            meanAppend: max(0, appends.mean - Self.clockCost()),
            worstAppend: max(0, Samples(busy).largest - Self.threadClockCost()), hsr: Samples(hsr),
            naive: Samples(naive))
    }

    /// What timing nothing takes.
    private static func clockCost() -> Double {
        Samples((0..<1001).map { _ in Stopwatch.microseconds {} }).median
    }

    private static func threadClockCost() -> Double {
        let times = (0..<1001).map { _ in
            let began = ThreadClock.nanoseconds
            _ = Stopwatch.microseconds {}
            return Double(ThreadClock.nanoseconds - began) / 1000
        }
        return Samples(times).median
    }

    private static func copy(_ source: KeyValueStore, _ rows: Range<Int>, to store: KeyValueStore) throws {
        var at = rows.lowerBound
        while at < rows.upperBound {
            let end = min(at + 65_536, rows.upperBound)
            let keys = Array(source.keys[at * source.dimension..<end * source.dimension])
            let values = Array(source.values[at * source.valueDimension..<end * source.valueDimension])
            try store.append(keys: keys, values: values)
            at = end
        }
    }
}
