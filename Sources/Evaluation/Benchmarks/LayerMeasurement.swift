import Attention
import HalfSpace
import Measurement
import Workload

/// What ``LayerBenchmark`` measured: steps of all heads, in microseconds.
public struct LayerMeasurement {
    public let d: Int
    public let n: Int
    public let shape: LayerShape
    /// Threads that computed a step.
    public let threads: Int
    public let choice: IndexChoice
    /// Building all indexes, in seconds.
    public let initSeconds: Double
    /// Of the index of every set of keys.
    public let statistics: [IndexStatistics]
    public let steps: Int
    var storeBytes = 0
    public private(set) var naive = Samples([])
    public private(set) var hsr = Samples([])
    /// Choosing the thresholds of all heads, on one thread.
    public private(set) var rule = Samples([])
    /// Naive over HSR, step by step.
    public private(set) var ratios = Samples([])
    /// The keys reported a head and step, on the mean over heads that read less than all; NaN where all do.
    public private(set) var reported = Double.nan
    /// Heads that read every key, since no index pays.
    public private(set) var denseHeads = 0
    /// Median naive over median HSR of every head, of what each took of a thread.
    public private(set) var headRatios: [Double] = []
    /// Steps that were compared with the definition and with float64.
    public internal(set) var checked = 0
    public internal(set) var missed = 0
    public internal(set) var extra = 0
    /// The largest relative error of a head's output against float64: of arithmetic alone, of softmax with what it leaves out, and
    /// of naive's.
    public internal(set) var error = 0.0
    public internal(set) var leftOut: Double?
    public internal(set) var naiveError = 0.0

    init(
        d: Int, n: Int, shape: LayerShape, threads: Int, choice: IndexChoice, initSeconds: Double,
        statistics: [IndexStatistics], steps: Int
    ) {
        (self.d, self.n, self.shape, self.threads, self.choice) = (d, n, shape, threads, choice)
        (self.initSeconds, self.statistics, self.steps) = (initSeconds, statistics, steps)
    }

    /// The ratio of medians: naive over HSR.
    public var ratio: Double { hsr.median > 0 ? naive.median / hsr.median : .nan }

    /// The index of every set, in a few words: "quantised", "quantised 7, dense 1".
    public var kinds: String {
        let names = statistics.map { $0.answersDensely ? "dense" : $0.kind.rawValue }
        let counts = Dictionary(grouping: names, by: { $0 }).mapValues(\.count)
        guard counts.count > 1 else { return names.first ?? "" }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
            .joined(separator: ", ")
    }

    /// Bytes of the indexes a key.
    public var bytesPerKey: Double {
        Double(statistics.reduce(0) { $0 + $1.bytes }) / Double(max(1, n * shape.keyHeads))
    }

    /// Gigabytes of keys and values that naive goes through a second, each counted once.
    public var naiveRate: Double { Double(storeBytes) / naive.median / 1000 }

    struct Seconds {
        var hsr, naive, rule: Double
    }

    /// Steps as they were timed.
    struct Times {
        var steps: [Seconds] = []
        var heads: [(hsr: [Double], naive: [Double])]
        var reported: [Double] = []
        var dense: Set<Int> = []

        init(heads: Int) { self.heads = Array(repeating: ([], []), count: heads) }

        mutating func add(_ step: Seconds) { steps.append(step) }

        mutating func add(_ ours: LayerAttention.Outcome, _ naive: LayerAttention.Outcome, _ head: Int) {
            heads[head].hsr.append(ours.seconds)
            heads[head].naive.append(naive.seconds)
            if ours.isDense { dense.insert(head) } else { reported.append(Double(ours.reported)) }
        }
    }

    mutating func take(_ times: Times) {
        naive = Samples(times.steps.map { 1e6 * $0.naive })
        hsr = Samples(times.steps.map { 1e6 * $0.hsr })
        rule = Samples(times.steps.map { 1e6 * $0.rule })
        ratios = Samples(times.steps.map { $0.naive / $0.hsr })
        reported = times.reported.isEmpty ? .nan : times.reported.reduce(0, +) / Double(times.reported.count)
        denseHeads = times.dense.count
        headRatios = times.heads.map { Samples($0.naive).median / Samples($0.hsr).median }
    }
}
