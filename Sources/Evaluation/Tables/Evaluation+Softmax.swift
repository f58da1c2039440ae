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
            [("queries", String(plan.queries)), ("unit of errors and bounds", "‖V‖∞"), ("residual cells", "n/32")],
            columns: [
                "head", "d", "n", "r", "actual", "2(1-p)", "certificate", "tight certificate", "paper's bound",
                "paper < 2",
                "relative", "relative p90", "residual", "residual p90", "residual KB",
            ])
        var (broken, rows) = (0, 0)
        var gains: [Double] = []
        var order: [[Double]] = []
        for head in 0..<source.heads {
            for d in plan.dimensions {
                let n = plan.length
                try progress("head \(head), d = \(d)")
                let data = try source.data(n: n, d: d, queries: plan.queries, head: head)
                for study in try SoftmaxStudy.make(data, powers: [0.5, 0.6, 0.7, 0.8, 0.9]) {
                    broken += study.broken
                    rows += data.queries.count
                    let corrected = study.corrected.median
                    if corrected > 0 { gains.append(study.relative.median / corrected) }
                    order.append([
                        study.actual.median, study.mass.median, study.certificate.median, study.paper.median,
                    ])
                    table.add([
                        .text(data.label), .int(d), .int(n), .int(study.r), .number(study.actual.median),
                        .number(study.mass.median), .number(study.certificate.median),
                        TableCell(study.tight.median), .number(study.paper.median), .int(study.nonTrivial),
                        .number(study.relative.median), .number(study.relative.quantile(0.9)), .number(corrected),
                        .number(study.corrected.quantile(0.9)), .number(study.residualBytes / 1024),
                    ])
                }
            }
        }
        let inOrder = order.count { zip($0, $0.dropFirst()).allSatisfy { $0 <= $1 * (1 + 1e-9) } }
        table.finding =
            "\(broken) of \(rows) rows exceed a bound; medians stand in the order actual, 2(1-p), certificate, paper's in "
            + "\(inOrder) of \(order.count) lines; the leaf-mean residual divides the median error by "
            + "\(TableCell.short(Samples(gains).median))."
        return table
    }

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
        var (measured, predicted) = ([Double](), [Double]())
        for head in 0..<source.heads {
            for d in plan.dimensions {
                try progress("head \(head), d = \(d)")
                let data = try source.data(n: plan.length, d: d, queries: plan.queries, head: head)
                let norm = ValueNorm(of: data.store).value
                let r = Budget.power(0.8).count(of: data.n)
                for temperature in [4.0, 2, 1, 0.5, 0.25] {
                    let scaled = data.queries.map { query in query.map { Float(Double($0) / temperature) } }
                    let curves = scaled.map { AccuracyCurve($0, store: data.store, kept: [r], valueNorm: norm) }
                    let points = curves.compactMap(\.points.first)
                    let needed = scaled.map { Self.keysHolding(0.99, of: data.scores(of: $0)) }
                    let deviation = Samples(curves.map(\.spread.deviation)).median
                    measured += points.map(\.mass)
                    predicted += points.map(\.predictedMass)
                    table.add([
                        .text(data.label), .int(d), .number(temperature), .number(deviation),
                        .number(Samples(points.map(\.mass)).median),
                        .number(Samples(points.map(\.predictedMass)).median),
                        .number(Samples(points.map { abs($0.mass - $0.predictedMass) }).median),
                        .number(Samples(points.map { norm > 0 ? $0.maxError / norm : 0 }).median),
                        .number(Samples(points.map(\.relativeError)).median), .number(Samples(needed).median),
                        .number(Double(data.n) * TiltLaw.share(holding: 0.99, deviation: deviation)),
                    ])
                }
            }
        }
        let gap = Samples(zip(measured, predicted).map { abs($0 - $1) })
        let needed = TiltLaw.deviation(forMass: 0.99, inShare: pow(Double(plan.length), -0.2))
        table.finding =
            "predicted and measured mass differ by a median of \(TableCell.short(gap.median)) (p90 "
            + "\(TableCell.short(gap.quantile(0.9)))), correlation "
            + "\(TableCell.short(Samples.correlation(measured, predicted))); 99 % of the mass in n^0.8 keys would need "
            + "s = \(TableCell.short(needed))."
        return table
    }

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
        for head in 0..<source.heads {
            for d in plan.dimensions {
                try progress("head \(head), d = \(d)")
                let data = try source.data(n: plan.length, d: d, queries: plan.queries, head: head)
                let norm = ValueNorm(of: data.store).value
                let kept = [0.2, 0.5, 0.8].map { Budget.power($0).count(of: data.n) }
                let curves = data.queries.map { AccuracyCurve($0, store: data.store, kept: kept, valueNorm: norm) }
                for at in kept.indices {
                    let points = curves.compactMap { $0.points.count > at ? $0.points[at] : nil }
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
            }
        }
        table.finding =
            "the bound says something (below 2‖V‖∞) for \(useful) of \(rows) rows; with ‖q‖ not divided by √d the real error "
            + "exceeds it on \(broken)."
        return table
    }
}

/// Softmax over the r largest of some queries: medians of what happens and what is known.
struct SoftmaxStudy {
    var r: Int
    var actual, mass, certificate, tight, paper, relative, corrected: Samples
    /// Rows in which a bound failed, and rows in which the paper's bound is below the trivial 2‖V‖.
    var broken: Int
    var nonTrivial: Int
    var residualBytes: Double

    static func make(_ data: EvaluationData, powers: [Double]) throws -> [SoftmaxStudy] {
        let norm = ValueNorm(of: data.store).value
        let kept = powers.map { Budget.power($0).count(of: data.n) }
        let curves = data.queries.map { AccuracyCurve($0, store: data.store, kept: kept, valueNorm: norm) }
        let index = try ReportingIndex(store: data.store, choice: .fixed(.tree))
        let sparse = SparseAttention(index: index)
        let residual = LeafMeanResidual(index: index, cells: max(1, data.n / 32))
        let report = Report()
        report.isTraced = true
        let output = AttentionOutput(valueDimension: data.store.valueDimension)
        return try kept.indices.map { at in
            var (corrected, tight) = ([Double](), [Double]())
            var broken = 0
            for (query, curve) in zip(data.queries, curves) {
                sparse.residual = residual
                let found = try sparse.attend(
                    query, activation: .softmax, threshold: .init(value: 0, keepLargest: kept[at]), into: output)
                corrected.append(Self.relative(output.values, curve.output))
                try sparse.list(found, of: query, into: report)
                let bound = SoftmaxBounds.certificate(
                    logKept: found.logNormaliser, report: report, of: data.n, valueNorm: norm)
                tight.append(norm > 0 ? bound / norm : 0)
                let point = curve.points[at]
                let room = 1 + 1e-9
                let holds =
                    point.maxError <= point.massBound * room + 1e-12
                    && point.massBound <= point.certificate * room + 1e-12
                    && point.maxError <= (point.paperBound ?? .infinity) * room + 1e-12
                    && point.maxError <= bound * room + 1e-6
                if !holds { broken += 1 }
            }
            let points = curves.map { $0.points[at] }
            let scaled = { (value: (AccuracyCurve.Point) -> Double) in
                Samples(points.map { norm > 0 ? value($0) / norm : 0 })
            }
            return SoftmaxStudy(
                r: kept[at], actual: scaled(\.maxError), mass: scaled(\.massBound), certificate: scaled(\.certificate),
                tight: Samples(tight), paper: scaled { $0.paperBound ?? .nan },
                relative: Samples(points.map(\.relativeError)),
                corrected: Samples(corrected), broken: broken,
                nonTrivial: points.count { ($0.paperBound ?? .infinity) < 2 * norm },
                residualBytes: Double(residual.bytesRead))
        }
    }

    private static func relative(_ ours: [Float], _ whole: [Double]) -> Double {
        let difference = zip(ours, whole).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        let norm = whole.reduce(0) { $0 + $1 * $1 }
        return norm > 0 ? (difference / norm).squareRoot() : 0
    }
}
