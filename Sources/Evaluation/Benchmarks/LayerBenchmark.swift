import Attention
import HalfSpace
import Measurement
import Workload

/// Decode steps of all heads of a layer over fixed keys: HSR and naive alternate in one process, on the same threads.
public struct LayerBenchmark {
    public var plan: BenchmarkPlan
    private let workload: LayerWorkload
    private let stores: [KeyValueStore]
    private let statistics: [KeyStatistics]

    /// Makes the keys of every key-value head, kept in a format.
    /// - Throws: what the workload throws, or `NonFiniteEntry` where the format cannot hold a number.
    public init(_ plan: BenchmarkPlan, _ workload: LayerWorkload, format: NumberFormat = .float32) throws {
        self.plan = plan
        self.workload = workload
        stores = try workload.sets.map { set in
            let store = KeyValueStore(
                dimension: set.dimension, valueDimension: set.valueDimension, capacity: set.promptLength, format: format
            )
            try set.fillPrompt(of: store, progress: { _ in })
            return store
        }
        statistics = stores.map { KeyStatistics(of: $0, rows: 0..<$0.count) }
    }

    private var shape: LayerShape { workload.shape }
    private var name: String {
        "d = \(workload.dimension), n = \(workload.promptLength), \(shape.heads) heads over \(shape.keyHeads)"
    }

    /// Enough steps for a steady median: each is a layer of heads.
    private var steps: Int { plan.queries ?? (workload.promptLength <= 32_768 ? 31 : 15) }

    /// Steps whose sets and outputs are compared with the definition and with float64, which take far longer.
    private static let checkedSteps = 2

    /// Builds the indexes and times the steps.
    /// - Parameter threads: Of a step, of both sides.
    /// - Throws: `IndexCannotServe`, or what `plan.progress` throws.
    public func measure(choice: IndexChoice, threads: Int) throws -> LayerMeasurement {
        let chooser = ThresholdChooser(settings: plan.threshold, activation: plan.activation)
        let layer = LayerAttention(stores, heads: shape.heads, threads: threads)
        try plan.progress("\(name), \(threads) threads, \(choice.name): building")
        let watch = Stopwatch()
        try layer.buildIndexes(choice, hints: try hints(chooser), threads: plan.threads)
        var result = LayerMeasurement(
            d: workload.dimension, n: workload.promptLength, shape: shape, threads: layer.threads, choice: choice,
            initSeconds: watch.seconds, statistics: layer.keyHeads.compactMap { $0.index?.statistics }, steps: steps)
        result.storeBytes = stores.reduce(0) { $0 + $1.bytes }
        let checked = plan.checks ? min(Self.checkedSteps, steps) : 0
        var times = LayerMeasurement.Times(heads: shape.heads)
        for i in -2..<steps {
            // Two steps that are not counted let an index that remembers settle.
            let queries = try workload.layerStep(i + 2, sequence: 0).queries
            let (found, seconds) = try time(layer, queries, chooser, denseFirst: i % 2 != 0)
            guard i >= 0 else { continue }
            times.add(seconds)
            for head in 0..<shape.heads { times.add(layer.outcome(of: head), layer.denseOutcome(of: head), head) }
            if i < checked { try check(layer, queries, thresholds: found, &result) }
            try plan.progress("\(name), \(threads) threads, \(choice.name): step \(i + 1) of \(steps)")
        }
        result.take(times)
        return result
    }

    /// One step both ways, in alternating order where the threshold is known before.
    private func time(
        _ layer: LayerAttention, _ queries: [[Float]], _ chooser: ThresholdChooser, denseFirst: Bool
    ) throws -> (thresholds: [Double], seconds: LayerMeasurement.Seconds) {
        let activation = plan.activation
        func timed(_ body: () throws -> Void) throws -> Double {
            plan.cold?.empty()
            let watch = Stopwatch()
            try body()
            return watch.seconds
        }
        var chosen: [ChosenThreshold] = []
        let rule = try timed {
            chosen = queries.indices.map { chooser.choose(queries[$0], over: statistics[$0 / shape.group]) }
        }
        var thresholds = chosen.map(\.value)
        var naive = 0.0
        let isKnown = chosen.allSatisfy { $0.keepLargest == nil } && activation.name == "relu"
        if denseFirst && isKnown {
            naive = try timed { layer.attendDensely(queries, activation: activation, thresholds: thresholds) }
        }
        let hsr = try timed { try layer.attend(queries, activation: activation, thresholds: chosen) }
        thresholds = queries.indices.map { layer.outcome(of: $0).threshold }
        if !(denseFirst && isKnown) {
            naive = try timed { layer.attendDensely(queries, activation: activation, thresholds: thresholds) }
        }
        return (thresholds, .init(hsr: hsr, naive: naive, rule: rule))
    }

    private func check(
        _ layer: LayerAttention, _ queries: [[Float]], thresholds: [Double], _ result: inout LayerMeasurement
    ) throws {
        let report = Report()
        for (head, query) in queries.enumerated() {
            let store = stores[head / shape.group]
            if let found = try layer.list(head, into: report) {
                let check = SetCheck(found, of: query, report: report, store: store)
                result.missed += check.missed
                result.extra += check.extra
            }
            let referee = Referee(store: store)
            let (ours, naive) = (layer.outcome(of: head), layer.denseOutcome(of: head))
            let b = thresholds[head]
            referee.attend(query, activation: plan.activation, threshold: b, over: .reported)
            result.error = max(result.error, AttentionError(ours.output, against: referee.output).relative)
            if plan.activation == .softmax {
                referee.attend(query, activation: plan.activation, threshold: b, over: .all)
                let left = AttentionError(ours.output, against: referee.output).relative
                result.leftOut = max(result.leftOut ?? 0, left)
            }
            result.naiveError = max(result.naiveError, AttentionError(naive.output, against: referee.output).relative)
        }
        result.checked += 1
    }

    /// What is known of the queries of every set, from a few of each.
    private func hints(_ chooser: ThresholdChooser) throws -> [QueryHints] {
        let steps = workload.promptLength > 0 ? try (0..<4).map { try workload.layerStep($0, sequence: 0).queries } : []
        return stores.indices.map { set in
            let queries = steps.flatMap { $0[set * shape.group..<(set + 1) * shape.group] }
            var hints = QueryHints(chooser, queries: queries, statistics: statistics[set], store: stores[set])
            hints.keysStay = true
            hints.queries = Array(queries.prefix(8))
            return hints
        }
    }
}
