import Attention
import Foundation
import HalfSpace
import Measurement

extension Evaluation {
    /// T7: when it works.
    static func temperatures(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T7", "Tilt law: with scores of deviation s, the mass above t deviations is Q(t − s).", source,
            [("queries", String(plan.queries)), ("n", String(plan.length)), ("r", "n^0.8")],
            columns: [
                "head", "d", "temperature", "deviation s", "mass kept", "predicted", "gap", "actual/‖V‖∞", "relative",
                "keys for 99 %", "predicted keys",
            ])
        // The law's own question is asked at the temperature of the model.
        var (measured, predicted) = ([Double](), [Double]())
        var places: [(name: String, holds: Bool)] = []
        for head in source.heads {
            for d in plan.dimensions {
                try progress("head \(head), d = \(d)")
                let data = try source.data(n: plan.length, d: d, queries: plan.queries, head: head)
                let norm = ValueNorm(of: data.store).value
                let r = Budget.power(0.8).count(of: data.n)
                for temperature in [4.0, 2, 1, 0.5, 0.25] {
                    let scaled = data.queries.map { query in query.map { Float(Double($0) / temperature) } }
                    let curves = scaled.map { AccuracyCurve($0, store: data.store, kept: [r], valueNorm: norm) }
                    let points = curves.compactMap { $0.point(keeping: r) }
                    let needed = scaled.map { Self.keysHolding(0.99, of: data.scores(of: $0)) }
                    let deviation = Samples(curves.map(\.spread.deviation)).median
                    let gaps = Samples(points.map { abs($0.mass - $0.predictedMass) })
                    if temperature == 1 {
                        measured += points.map(\.mass)
                        predicted += points.map(\.predictedMass)
                        places.append((source.place(of: data), gaps.median <= mostGap))
                    }
                    table.add([
                        .text(data.label), .int(d), .number(temperature), .number(deviation),
                        .number(Samples(points.map(\.mass)).median),
                        .number(Samples(points.map(\.predictedMass)).median),
                        .number(gaps.median),
                        .number(Samples(points.map { norm > 0 ? $0.maxError / norm : 0 }).median),
                        .number(Samples(points.map(\.relativeError)).median), .number(Samples(needed).median),
                        .number(Double(data.n) * TiltLaw.share(holding: 0.99, deviation: deviation)),
                    ])
                }
            }
        }
        let gap = Samples(zip(measured, predicted).map { abs($0 - $1) })
        let correlation = Samples.correlation(measured, predicted)
        let needed = TiltLaw.deviation(forMass: 0.99, inShare: pow(Double(plan.length), -0.2))
        table.finding =
            "at temperature 1 predicted and measured mass differ by a median of \(TableCell.short(gap.median)) (p90 "
            + "\(TableCell.short(gap.quantile(0.9))))"
            + (correlation.isNaN ? "" : ", correlation \(TableCell.short(correlation))")
            + "; 99 % of the mass in n^0.8 keys would need s = \(TableCell.short(needed))."
        table.verdict = Verdict(
            places,
            "there the median gap at temperature 1 is at most \(mostGap), over all \(TableCell.short(gap.median))")
        return table
    }

    /// The share of the mass that the law may be off by where it is said to hold.
    private static let mostGap = 0.05

    private static func keysHolding(_ share: Double, of scores: [Double]) -> Double {
        let falling = scores.sorted(by: >)
        guard let top = falling.first else { return 0 }
        let weights = falling.map { exp($0 - top) }
        let goal = share * weights.reduce(0, +)
        var sum = 0.0
        for (i, w) in weights.enumerated() {
            sum += w
            if sum >= goal { return Double(i + 1) }
        }
        return Double(weights.count)
    }
}
