import Attention
import Foundation
import HalfSpace
import Measurement
import Workload

/// Makes a head's figures from its rows.
public struct HeadStudy: Sendable {
    /// The most queries that are measured of a head.
    public var queries = 128
    /// Whether decode steps are timed as well, one head after another, since times beside other work say little.
    public var measures = false

    /// Tokens that count as the first, and as the last.
    private static let firstTokens = 4
    private static let lastTokens = 64

    public init() {}

    /// Every query against every key that it sees, O(queries · n · (d + log n)), and an index over the keys.
    /// - Throws: what `progress` throws, from 0 to 1, or an index that cannot be built.
    public func figures(
        of head: TraceHead, progress: (Double) throws -> Void = { _ in }
    ) throws -> HeadFigures {
        var figures = HeadFigures()
        (figures.keys, figures.queries) = (head.store.count, head.queries.count)
        var rows: [HeadRow] = []
        for (i, query) in head.queries.enumerated() {
            rows.append(HeadRow(query, head: head, keys: head.seen[i], first: Self.firstTokens, last: Self.lastTokens))
            try progress(0.9 * Double(i + 1) / Double(head.queries.count))
        }
        func median(_ value: (HeadRow) -> Double) -> Double { Samples(rows.map(value)).median }
        figures.logitMean = median(\.spread.mean)
        figures.logitSpread = median(\.spread.deviation)
        figures.calibrated = median { Double($0.calibrated) }
        figures.keysForHalf = median { Double($0.keysFor[0]) }
        figures.keysFor90 = median { Double($0.keysFor[1]) }
        figures.keysFor99 = median { Double($0.keysFor[2]) }
        figures.keysFor999 = median { Double($0.keysFor[3]) }
        figures.massOfBudget = median(\.massOfBudget)
        figures.tiltPrediction = median(\.tiltPrediction)
        figures.massLeft = (0..<(rows.map(\.massLeft.count).max() ?? 0)).map { i in
            median { i < $0.massLeft.count ? $0.massLeft[i] : 0 }
        }
        figures.firstShare = median(\.firstShare)
        figures.lastShare = median(\.lastShare)
        figures.sinkShare = median(\.sinkShare)
        figures.queryNorm = Samples(head.queries.map { Self.norm($0) }).mean
        figures.keyNorm = Samples((0..<head.store.count).map { Self.norm(head.store.key($0)) }).mean
        figures.valueNorm = ValueNorm(of: head.store).value
        let statistics = KeyStatistics(of: head.store, rows: 0..<head.store.count)
        figures.effectiveRank = Spectrum(of: statistics).effectiveRank
        try addIndex(to: &figures, head, statistics)
        try progress(1)
        return figures
    }

    private static func norm(_ row: some Sequence<Float>) -> Double {
        row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }

    /// What `auto` makes of the head: over all its keys, with the queries that see most of them.
    private func addIndex(to figures: inout HeadFigures, _ head: TraceHead, _ statistics: KeyStatistics) throws {
        guard head.store.count > 0 else { return }
        let chooser = ThresholdChooser(settings: ThresholdSettings(), activation: .relu(alpha: 1))
        let queries = Array(head.queries.suffix(Self.timedQueries))
        let hints = QueryHints(chooser, queries: Array(queries.prefix(8)), statistics: statistics, store: head.store)
        let index = try ReportingIndex(store: head.store, choice: .auto, hints: hints)
        let plan = index.statistics
        figures.index = plan.way
        expect(of: plan, head.store, hints, &figures)
        figures.bytesRead = 1
        guard !plan.answersDensely else {
            figures.measuredSpeedup = measures ? 1 : nil
            return
        }
        let sparse = SparseAttention(index: index)
        let dense = DenseAttention(store: head.store)
        let output = AttentionOutput(valueDimension: head.store.valueDimension)
        var (read, ratios) = (0.0, [Double]())
        for query in queries {
            let b = chooser.choose(query, over: statistics).value
            var work = Work()
            let time = try Stopwatch.microseconds {
                work = try sparse.attend(query, activation: .relu(alpha: 1), threshold: b, into: output).work
            }
            read += Double(work.bytesRead) / Double(queries.count)
            guard measures else { continue }
            let naive = Stopwatch.microseconds {
                dense.attend(query, activation: .relu(alpha: 1), threshold: b, into: output)
            }
            ratios.append(naive / time)
        }
        figures.bytesRead = read / Double(head.store.bytes)
        figures.measuredSpeedup = measures ? Samples(ratios).median : nil
    }

    private static let timedQueries = 32

    /// What the planner expects of steps like these, before any is taken.
    private func expect(
        of plan: IndexStatistics, _ store: KeyValueStore, _ hints: QueryHints, _ figures: inout HeadFigures
    ) {
        let dense = StepWork.dense(StepShape(of: store, hints: hints))
        guard let work = plan.answersDensely ? dense : plan.kind.expectedWork(over: store, hints: hints) else { return }
        let costs = MachineCosts.current
        figures.expectedBytes = work.bytes / Double(store.bytes)
        figures.expectedSpeedup = costs.microseconds(of: dense, .warm) / costs.microseconds(of: work, .warm)
    }
}

/// One query's row of scores, measured.
struct HeadRow {
    var spread = ScoreSpread(mean: 0, deviation: 0)
    var calibrated = 0
    /// Keys that hold 50, 90, 99 and 99.9 % of the mass.
    var keysFor = [0, 0, 0, 0]
    var massOfBudget = 1.0
    var tiltPrediction = 1.0
    /// The mass left out where 1, 2, 4, … of the largest keys are kept.
    var massLeft: [Double] = []
    var firstShare = 0.0
    var lastShare = 0.0
    var sinkShare = 0.0

    private static let shares = [0.5, 0.9, 0.99, 0.999]

    /// Scores of the first `keys` rows in the order of the definition, in float64; softmax through the soft cap where the
    /// model has one.
    init(_ query: [Float], head: TraceHead, keys n: Int, first: Int, last: Int) {
        guard n > 0 else { return }
        let scores = query.withUnsafeBufferPointer { q in (0..<n).map { Membership.score(q, head.store.key($0)) } }
        spread = Self.spread(scores)
        let b = spread.mean + ThresholdChooser.distance(n) * spread.deviation
        calibrated = scores.count { $0 >= b }
        let logits = head.softcap.map { cap in scores.map { cap * tanh($0 / cap) } } ?? scores
        let top = max(logits.max() ?? 0, head.sinkLogit ?? -.infinity)
        let weights = logits.map { exp($0 - top) }
        let sink = head.sinkLogit.map { exp($0 - top) } ?? 0
        let ofKeys = weights.reduce(0, +)
        sinkShare = sink / (ofKeys + sink)
        firstShare = weights.prefix(first).reduce(0, +) / ofKeys
        lastShare = weights.suffix(last).reduce(0, +) / ofKeys
        let falling = weights.sorted(by: >)
        let budget = Budget.power(0.8).count(of: n)
        var (sum, next) = (0.0, 0)
        for (i, weight) in falling.enumerated() {
            sum += weight
            while next < Self.shares.count, sum >= Self.shares[next] * ofKeys {
                keysFor[next] = i + 1
                next += 1
            }
            if i + 1 == budget { massOfBudget = sum / ofKeys }
            if (i + 1).nonzeroBitCount == 1 { massLeft.append(max(0, 1 - sum / ofKeys)) }
        }
        for rest in next..<Self.shares.count { keysFor[rest] = n }
        let spreadOfLogits = head.softcap == nil ? spread.deviation : Self.spread(logits).deviation
        tiltPrediction = TiltLaw.mass(kept: budget, of: n, deviation: spreadOfLogits)
    }

    private static func spread(_ scores: [Double]) -> ScoreSpread {
        let mean = scores.reduce(0, +) / Double(scores.count)
        let square = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)
        return ScoreSpread(mean: mean, deviation: square.squareRoot())
    }
}
