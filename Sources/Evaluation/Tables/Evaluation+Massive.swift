import Attention
import Foundation
import HalfSpace
import Measurement

extension Evaluation {
    /// T8: the parameters of massive activation.
    static func massiveActivation(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T8", "Attention is (γ, β₁, β₂) massive: the largest n^γ scores stand out by (β₁ − β₂) ln n.", source,
            [("queries", String(plan.queries)), ("n", String(plan.length))],
            columns: [
                "head", "d", "γ", "β₁", "β₂", "‖q‖/√d", "exponent", "bound/‖V‖∞", "bound p10", "bound < 2",
                "unscaled bound broken",
            ])
        var (useful, rows, broken) = (0, 0, 0)
        var places: [(name: String, holds: Bool)] = []
        for head in source.heads {
            for d in plan.dimensions {
                try progress("head \(head), d = \(d)")
                let data = try source.data(n: plan.length, d: d, queries: plan.queries, head: head)
                let norm = ValueNorm(of: data.store).value
                let kept = [0.2, 0.5, 0.8].map { Budget.power($0).count(of: data.n) }
                let curves = data.queries.map { AccuracyCurve($0, store: data.store, kept: kept, valueNorm: norm) }
                var isMassive = false
                for r in kept {
                    let points = curves.compactMap { $0.point(keeping: r) }
                    let fits = points.compactMap { point in point.massive.map { ($0, point) } }
                    guard !fits.isEmpty else { continue }
                    let bounds = Samples(fits.map { $0.0.bound(valueNorm: 1) })
                    // With ‖q‖ as it stands in the theorem the bound would be smaller, and false.
                    let unscaled = fits.count { fit, point in
                        var literal = fit
                        literal.queryNorm *= Double(d).squareRoot()
                        return point.maxError > literal.bound(valueNorm: norm) * (1 + 1e-9)
                    }
                    let nonTrivial = fits.count { $0.0.bound(valueNorm: 1) < 2 }
                    isMassive = isMassive || 2 * nonTrivial > fits.count
                    useful += nonTrivial
                    rows += fits.count
                    broken += unscaled
                    table.add([
                        .text(data.label), .int(d), .number(Samples(fits.map(\.0.gamma)).median),
                        .number(Samples(fits.map(\.0.beta1)).median), .number(Samples(fits.map(\.0.beta2)).median),
                        .number(Samples(fits.map(\.0.queryNorm)).median),
                        .number(
                            Samples(fits.map { $0.0.gamma + ($0.0.beta1 - $0.0.beta2) * $0.0.queryNorm - 1 }).median),
                        .number(bounds.median), .number(bounds.quantile(0.1)), .int(nonTrivial), .int(unscaled),
                    ])
                }
                places.append((source.place(of: data), isMassive))
            }
        }
        table.finding =
            "the bound says something (below 2‖V‖∞) for \(useful) of \(rows) rows; with ‖q‖ not divided by √d the real error "
            + "exceeds it on \(broken)."
        table.verdict = Verdict(
            places, "the bound is below the trivial 2‖V‖∞ for \(useful) of \(rows) rows; it counts where it is for most"
        )
        return table
    }
}
