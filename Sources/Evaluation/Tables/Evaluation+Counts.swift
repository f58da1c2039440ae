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
            [("queries", String(plan.queries)), ("σ_q", "of the query for m = 1, pooled over all queries for m = n")],
            columns: [
                "head", "d", "n", "rule", "m", "mean", "median", "largest", "predicted", "n^0.8", "2n^0.8", "over",
            ])
        var lines: [RuleCount] = []
        for head in source.heads {
            for d in plan.dimensions {
                for n in plan.lengths {
                    try progress("head \(head), d = \(d), n = \(n)")
                    let data = try source.data(n: n, d: d, queries: plan.queries, head: head)
                    for line in RuleCount.all(data) {
                        lines.append(line)
                        table.add([
                            .text(data.label), .int(d), .int(data.n), .text(line.rule.rawValue), .int(line.m),
                            .number(line.found.mean), .number(line.found.median), .number(line.found.largest),
                            TableCell(line.predicted), .number(line.bound / 2), .number(line.bound), .int(line.over),
                        ])
                    }
                }
            }
        }
        func most(_ rule: ThresholdRule) -> String {
            TableCell.short(Samples(lines.filter { $0.rule == rule }.map(\.found.largest)).largest)
        }
        let shares = Samples(
            lines.filter { $0.rule == .calibrated && $0.predicted > 0 }.map { $0.found.mean / $0.predicted })
        let literal = lines.filter { $0.rule == .paper || $0.rule == .tight }
        let (over, rows) = (literal.reduce(0) { $0 + $1.over }, literal.reduce(0) { $0 + $1.found.count })
        table.finding =
            "the lemma's own threshold reports at most \(most(.paper)) keys of a row, the tight one \(most(.tight))"
            + (shares.isEmpty
                ? ""
                : "; calibrated reports \(TableCell.short(shares.least)) to \(TableCell.short(shares.largest)) times "
                    + "n·Q(√(0.4 ln n))")
            + "; \(lines.filter { $0.rule == .calibrated }.reduce(0) { $0 + $1.over }) of its rows exceed 2n^0.8."
        // The lemma allows a share δ of the calls to fail.
        table.verdict = Verdict(
            Double(over) <= ThresholdChooser.failure * Double(rows),
            "\(over) of \(rows) rows exceed it, with at most \(most(.paper)) keys by the lemma's own threshold")
        return table
    }
}

/// What one rule reports of the rows of a head.
private struct RuleCount {
    var rule: ThresholdRule
    /// The queries that the lemma counts.
    var m: Int
    var found: Samples
    /// NaN where the rule predicts nothing.
    var predicted: Double
    /// 2n^0.8, and the rows with more entries.
    var bound: Double
    var over: Int

    static func all(_ data: EvaluationData) -> [RuleCount] {
        let keys = KeyStatistics(of: data.store, rows: 0..<data.n)
        let scores = data.queries.map { data.scores(of: $0) }
        let bound = 2 * pow(Double(data.n), 0.8)
        // Prefilling takes σ_q from the entries of all its queries.
        var pooled = QueryPopulation(data.queries.flatMap { $0 }, dimension: data.d)
        pooled.count = data.n
        let rules: [(ThresholdRule, QueryPopulation?)] = [
            (.paper, nil), (.paper, pooled), (.tight, nil), (.tight, pooled), (.calibrated, nil), (.count, nil),
        ]
        return rules.map { rule, population in
            let chooser = ThresholdChooser(settings: ThresholdSettings(rule: rule), activation: .softmax)
            let counts = zip(data.queries, scores).map { query, scores -> (found: Double, predicted: Double) in
                let chosen = chooser.choose(query, over: keys, population: population)
                let b = RowThreshold.find(chosen, activation: .softmax, scores: scores) ?? chosen.value
                return (Double(scores.count { $0 >= b }), chosen.predicted ?? .nan)
            }
            return RuleCount(
                rule: rule, m: population?.count ?? 1, found: Samples(counts.map(\.found)),
                predicted: Samples(counts.map(\.predicted)).mean, bound: bound,
                over: counts.count { $0.found > bound })
        }
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
