import Attention
import Foundation
import HalfSpace
import Measurement

extension Evaluation {
    /// T1: how many keys each rule reports.
    static func reportedCounts(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T1", "The sparsity lemma: with its threshold a row has at most 2n^0.8 entries.", source,
            [("queries", String(plan.queries))],
            columns: [
                "head", "d", "n", "rule", "m", "mean", "median", "largest", "predicted", "n^0.8", "2n^0.8", "over",
            ])
        var most: [ThresholdRule: Double] = [:]
        var shares: [Double] = []
        var over = 0
        for d in plan.dimensions {
            for n in plan.lengths {
                try progress("d = \(d), n = \(n)")
                let data = try source.data(n: n, d: d, queries: plan.queries)
                let keys = KeyStatistics(of: data.store, rows: 0..<data.n)
                let bound = 2 * pow(Double(n), 0.8)
                let scores = data.queries.map { data.scores(of: $0) }
                for (rule, m) in [
                    (ThresholdRule.paper, 1), (.paper, n), (.tight, 1), (.tight, n), (.calibrated, 1), (.count, 1),
                ] {
                    let chooser = ThresholdChooser(settings: ThresholdSettings(rule: rule), activation: .softmax)
                    let counts = zip(data.queries, scores).map { query, scores -> (Double, Double) in
                        var population = QueryPopulation(query, dimension: d)
                        population.count = m
                        let chosen = chooser.choose(query, over: keys, population: population)
                        let b = RowThreshold.find(chosen, activation: .softmax, scores: scores) ?? chosen.value
                        return (Double(scores.count { $0 >= b }), chosen.predicted ?? .nan)
                    }
                    let found = Samples(counts.map(\.0))
                    let predicted = Samples(counts.map(\.1)).mean
                    let exceeding = counts.count { $0.0 > bound }
                    over += exceeding
                    most[rule] = max(most[rule] ?? 0, found.largest)
                    if rule == .calibrated { shares.append(found.mean / predicted) }
                    table.add([
                        .text(data.label), .int(d), .int(n), .text(rule.rawValue), .int(m), .number(found.mean),
                        .number(found.median), .number(found.largest), .number(predicted), .number(bound / 2),
                        .number(bound), .int(exceeding),
                    ])
                }
            }
        }
        let calibrated = Samples(shares)
        table.finding =
            "the lemma's own threshold reports at most \(TableCell.short(most[.paper] ?? 0)) keys of a row, the tight one "
            + "\(TableCell.short(most[.tight] ?? 0)); calibrated reports "
            + "\(TableCell.short(calibrated.quantile(0))) to \(TableCell.short(calibrated.largest)) times "
            + "n·Q(√(0.4 ln n)); \(over) rows exceed 2n^0.8."
        return table
    }

    /// T2: what is reported is the set, and outputs are what dense attention gives.
    static func exactness(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T2", "ReLU^α and entmax through half-space reporting are exact.", source,
            [("queries", String(plan.queries))],
            columns: ["d", "n", "index", "activation", "α", "reported", "missed", "extra", "max |difference|"])
        let n = plan.lengths[0]
        for d in plan.dimensions {
            let data = try source.data(n: n, d: d, queries: plan.queries)
            let keys = KeyStatistics(of: data.store, rows: 0..<n)
            let dense = DenseAttention(store: data.store)
            for choice in [IndexChoice.auto] + IndexKind.allCases.map(IndexChoice.fixed) {
                try progress("d = \(d), \(choice.name)")
                for activation in exactActivations {
                    let chooser = ThresholdChooser(settings: ThresholdSettings(), activation: activation)
                    guard let index = try data.index(choice, chooser: chooser, keys: keys) else { continue }
                    let check = try check(data, index: index, dense: dense, chooser: chooser, keys: keys)
                    table.add([
                        .int(d), .int(n), .text(choice.name), .text(activation.name),
                        TableCell(activation.alpha), .number(check.reported), .int(check.missed),
                        .int(check.extra), .number(check.difference),
                    ])
                }
            }
        }
        let missed = table.numbers("missed").reduce(0, +) + table.numbers("extra").reduce(0, +)
        table.finding =
            "\(Int(missed)) keys missed or extra in \(table.rows.count * plan.queries) rows; outputs differ from dense "
            + "attention by at most \(TableCell.short(Samples(table.numbers("max |difference|")).largest))."
        return table
    }

    private static let exactActivations: [Activation] = [
        .relu(alpha: 1), .relu(alpha: 2), .relu(alpha: 3), .entmax(alpha: 1.5), .entmax(alpha: 2),
    ]

    private static func check(
        _ data: EvaluationData, index: ReportingIndex, dense: DenseAttention, chooser: ThresholdChooser,
        keys: KeyStatistics
    ) throws -> (reported: Double, missed: Int, extra: Int, difference: Double) {
        let sparse = SparseAttention(index: index)
        let report = Report()
        let (ours, theirs) = (
            AttentionOutput(valueDimension: data.store.valueDimension),
            AttentionOutput(valueDimension: data.store.valueDimension)
        )
        var result = (reported: 0.0, missed: 0, extra: 0, difference: 0.0)
        for query in data.queries {
            let chosen = chooser.choose(query, over: keys)
            let found = try sparse.attend(query, activation: chooser.activation, threshold: chosen, into: ours)
            dense.attend(query, activation: chooser.activation, threshold: found.threshold, into: theirs)
            try sparse.list(found, of: query, into: report)
            let check = SetCheck(found, of: query, report: report, store: data.store)
            result.reported += Double(report.count) / Double(data.queries.count)
            result.missed += check.missed
            result.extra += check.extra
            let difference = zip(ours.values, theirs.values).map { abs(Double($0) - Double($1)) }.max() ?? 0
            result.difference = max(result.difference, difference)
        }
        return result
    }
}

extension EvaluationData {
    /// Every score of a query, by the definition.
    func scores(of query: [Float]) -> [Double] {
        query.withUnsafeBufferPointer { q in (0..<n).map { Membership.score(q, store.key($0)) } }
    }

    /// An index for what the chooser will ask; nil where the kind has no answer for these keys.
    func index(_ choice: IndexChoice, chooser: ThresholdChooser, keys: KeyStatistics) throws -> ReportingIndex? {
        let hints = QueryHints(chooser, queries: Array(queries.prefix(8)), statistics: keys, store: store)
        do {
            return try ReportingIndex(store: store, choice: choice, hints: hints)
        } catch is IndexCannotServe {
            return nil
        }
    }
}
