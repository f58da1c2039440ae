import Attention
import HalfSpace
import Measurement

/// Softmax over the r largest of some queries: what happens and what is known, in units of ‖V‖_∞ where it is an error or a bound.
struct SoftmaxStudy {
    var r: Int
    var actual, mass, certificate, tight, paper: Samples
    /// ‖out_R − out‖₂ / ‖out‖₂ of the r largest, with the residual, and of as many keys as the residual reads.
    var relative, corrected, equal: Samples
    /// Rows in which a bound failed, and rows in which the paper's bound is below the trivial 2‖V‖.
    var broken: Int
    var nonTrivial: Int
    var residualBytes: Double

    /// One study for each n^power.
    /// - Throws: an index that cannot be built, or a query that is not finite.
    static func make(_ data: EvaluationData, powers: [Double]) throws -> [SoftmaxStudy] {
        let norm = ValueNorm(of: data.store).value
        let index = try ReportingIndex(store: data.store, choice: .fixed(.tree))
        let residual = LeafMeanResidual(index: index, cells: max(1, data.n / 32))
        let kept = powers.map { max(1, Budget.power($0).count(of: data.n)) }
        // A cell is read as a mean key and a mean value: as much as one more key is.
        let more = kept.map { $0 + residual.partition.cellCount }
        let curves = data.queries.map { AccuracyCurve($0, store: data.store, kept: kept + more, valueNorm: norm) }
        let sparse = SparseAttention(index: index)
        sparse.residual = residual
        return try zip(kept, more).map { r, more in
            let rows = try zip(data.queries, curves).compactMap { query, curve in
                try SoftmaxRow(query, curve, r: r, more: more, valueNorm: norm, data: data, sparse: sparse)
            }
            func unit(_ value: (SoftmaxRow) -> Double) -> Samples {
                Samples(rows.map { norm > 0 ? value($0) / norm : 0 })
            }
            return SoftmaxStudy(
                r: r, actual: unit(\.point.maxError), mass: unit(\.point.massBound),
                certificate: unit(\.point.certificate), tight: unit(\.tight),
                paper: Samples(rows.compactMap(\.point.paperBound).map { norm > 0 ? $0 / norm : 0 }),
                relative: Samples(rows.map(\.point.relativeError)), corrected: Samples(rows.map(\.corrected)),
                equal: Samples(rows.map(\.equal)), broken: rows.count { !$0.holds },
                nonTrivial: rows.count { ($0.point.paperBound ?? .infinity) < 2 * norm },
                residualBytes: Double(residual.bytesRead))
        }
    }

    /// Whether the medians stand as theory orders them; the paper's counts where it exists.
    var isInOrder: Bool {
        let medians = [actual, mass, certificate, paper].map(\.median).filter { !$0.isNaN }
        return zip(medians, medians.dropFirst()).allSatisfy { $0 <= $1 * (1 + 1e-9) + 1e-12 }
    }

    /// From "actual" on.
    var cells: [TableCell] {
        [
            .number(actual.median), .number(mass.median), .number(certificate.median), TableCell(tight.median),
            TableCell(paper.median), .int(nonTrivial), .number(relative.median), .number(relative.quantile(0.9)),
            .number(corrected.median), .number(corrected.quantile(0.9)), .number(equal.median),
            .number(equal.quantile(0.9)), .number(residualBytes / 1024),
        ]
    }
}

/// One query with r keys kept.
private struct SoftmaxRow {
    var point: AccuracyCurve.Point
    /// The certificate from the bounds of what the index pruned.
    var tight: Double
    /// Relative errors: with the residual, and of as many keys as the residual reads.
    var corrected: Double
    var equal: Double
    /// Whether the error is below every bound, and the bounds stand in their order; what float32 rounds away is no failure.
    var holds: Bool

    init?(
        _ query: [Float], _ curve: AccuracyCurve, r: Int, more: Int, valueNorm: Double, data: EvaluationData,
        sparse: SparseAttention
    ) throws {
        guard let point = curve.point(keeping: r), let equal = curve.point(keeping: more) else { return nil }
        self.point = point
        self.equal = equal.relativeError
        let output = AttentionOutput(valueDimension: data.store.valueDimension)
        let found = try sparse.attend(
            query, activation: .softmax, threshold: .init(value: 0, keepLargest: r), into: output)
        corrected = Self.relative(output.values, curve.output)
        let report = Report()
        report.isTraced = true
        try sparse.list(found, of: query, into: report)
        tight = SoftmaxBounds.certificate(
            logKept: found.logNormaliser, report: report, of: data.n, valueNorm: valueNorm)
        let room = 1 + 1e-9
        holds =
            point.maxError <= point.massBound * room + 1e-12 && point.massBound <= point.certificate * room + 1e-12
            && point.maxError <= (point.paperBound ?? .infinity) * room + 1e-12
            && point.maxError <= tight * room + 1e-6 * max(1, valueNorm)
    }

    private static func relative(_ ours: [Float], _ whole: [Double]) -> Double {
        let difference = zip(ours, whole).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        let norm = whole.reduce(0) { $0 + $1 * $1 }
        return norm > 0 ? (difference / norm).squareRoot() : 0
    }
}
