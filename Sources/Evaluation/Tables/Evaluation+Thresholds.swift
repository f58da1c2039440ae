import Attention
import Foundation
import HalfSpace
import Measurement

extension Evaluation {
    /// T13: the threshold over decades, how many keys reach it, and what softmax over them misses.
    static func thresholds(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T13", "Some threshold b keeps at most 2n^0.8 keys of a row, and softmax within 1 % of ‖V‖∞.", source,
            [("queries", String(plan.queries)), ("of errors", "medians")],
            columns: [
                "head", "d", "n", "b", "b in deviations", "mean", "largest", "share", "empty rows", "mass kept",
                "actual/‖V‖∞", "relative",
            ])
        var places: [(name: String, holds: Bool)] = []
        var ranges: [String] = []
        for head in source.heads {
            for d in plan.dimensions {
                try progress("head \(head), d = \(d)")
                let data = try source.data(n: plan.length, d: d, queries: plan.queries, head: head)
                let lines = ThresholdLine.all(data, decades)
                for line in lines {
                    table.add([
                        .text(data.label), .int(d), .int(data.n), .number(line.b), TableCell(line.deviations.median),
                        .number(line.counts.mean), .number(line.counts.largest),
                        .number(line.counts.mean / Double(data.n)), .int(line.empty), .number(line.mass.median),
                        .number(line.error.median), .number(line.relative.median),
                    ])
                }
                let good = lines.filter { $0.counts.largest <= 2 * pow(Double(data.n), 0.8) && $0.error.median <= 0.01 }
                let place = source.place(of: data)
                places.append((place, !good.isEmpty))
                if let first = good.first, let last = good.last {
                    ranges.append(
                        "\(place) from b = \(TableCell.short(first.b))"
                            + (first.b < last.b ? " to \(TableCell.short(last.b))" : ""))
                }
            }
        }
        table.finding =
            ranges.isEmpty ? "no b of these does both." : "it does for " + ranges.joined(separator: "; ") + "."
        table.verdict = Verdict(places, ranges.isEmpty ? "no b of \(decades.count) does both" : "b as found above")
        return table
    }

    /// 1, 2, 5 of each decade, and what lies below.
    private static let decades: [Double] = [-10, -1, 0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]
}

/// What a threshold keeps of the rows of a head.
private struct ThresholdLine {
    var b: Double
    /// Of each query: how many standard deviations b lies above its mean score, and the keys at or above b.
    var deviations: Samples
    var counts: Samples
    var empty: Int
    /// The share of the softmax mass that is kept, the largest error in units of ‖V‖_∞, and the relative one; an empty row is 0.
    var mass: Samples
    var error: Samples
    var relative: Samples

    static func all(_ data: EvaluationData, _ thresholds: [Double]) -> [ThresholdLine] {
        let norm = ValueNorm(of: data.store).value
        let rows = data.queries.map { query -> (counts: [Int], curve: AccuracyCurve) in
            let scores = data.scores(of: query)
            let counts = thresholds.map { b in scores.count { $0 >= b } }
            return (counts, AccuracyCurve(query, store: data.store, kept: counts, valueNorm: norm))
        }
        return thresholds.indices.map { at in
            let counts = rows.map { Double($0.counts[at]) }
            let points = rows.map { $0.curve.point(keeping: $0.counts[at]) }
            let whole = rows.map { $0.curve.output.map(abs).max() ?? 0 }
            return ThresholdLine(
                b: thresholds[at],
                deviations: Samples(
                    rows.map { row in
                        let spread = row.curve.spread
                        return spread.deviation > 0 ? (thresholds[at] - spread.mean) / spread.deviation : .nan
                    }),
                counts: Samples(counts), empty: counts.count { $0 == 0 },
                mass: Samples(points.map { $0?.mass ?? 0 }),
                error: Samples(
                    zip(points, whole).map { point, whole in norm > 0 ? (point?.maxError ?? whole) / norm : 0 }),
                relative: Samples(zip(points, whole).map { $0?.relativeError ?? ($1 > 0 ? 1 : 0) }))
        }
    }
}
