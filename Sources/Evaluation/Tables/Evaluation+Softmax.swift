import Attention
import Foundation
import HalfSpace
import Measurement

extension Evaluation {
    /// T6: the error of softmax over the r largest, its bounds, and the residual.
    static func softmaxErrors(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T6", "Softmax over the r largest keys errs by at most 4‖V‖/n^(γ+(β₁−β₂)‖q‖/√d−1).", source,
            [
                ("queries", String(plan.queries)), ("unit of errors and bounds", "‖V‖∞"), ("residual cells", "n/32"),
                ("equal reads", "r and as many keys more as the residual reads cells"),
            ],
            columns: [
                "head", "d", "n", "r", "actual", "2(1-p)", "certificate", "tight certificate", "paper's bound",
                "paper < 2", "relative", "relative p90", "residual", "residual p90", "equal reads", "equal reads p90",
                "residual KB",
            ])
        var studies: [SoftmaxStudy] = []
        for head in source.heads {
            for d in plan.dimensions {
                try progress("head \(head), d = \(d)")
                let data = try source.data(n: plan.length, d: d, queries: plan.queries, head: head)
                for study in try SoftmaxStudy.make(data, powers: [0.5, 0.6, 0.7, 0.8, 0.9]) {
                    studies.append(study)
                    table.add([.text(data.label), .int(d), .int(data.n), .int(study.r)] + study.cells)
                }
            }
        }
        let broken = studies.reduce(0) { $0 + $1.broken }
        let rows = studies.reduce(0) { $0 + $1.actual.count }
        table.finding =
            "\(broken) of \(rows) rows exceed a bound; medians stand in the order actual, 2(1-p), certificate, paper's in "
            + "\(studies.count(where: \.isInOrder)) of \(studies.count) lines; the leaf-mean residual divides the median "
            + "error by \(gain(studies) { $0.relative.median / $0.corrected.median }), at equal reads by "
            + "\(gain(studies) { $0.equal.median / $0.corrected.median })."
        table.verdict = Verdict(
            broken == 0,
            "\(broken) of \(rows) rows exceed a bound; the paper's is below the trivial 2‖V‖∞ on "
                + "\(studies.reduce(0) { $0 + $1.nonTrivial })")
        return table
    }

    private static func gain(_ studies: [SoftmaxStudy], _ value: (SoftmaxStudy) -> Double) -> String {
        let gains = Samples(studies.map(value).filter(\.isFinite))
        return gains.isEmpty ? "nothing (there is no error)" : TableCell.short(gains.median)
    }
}
