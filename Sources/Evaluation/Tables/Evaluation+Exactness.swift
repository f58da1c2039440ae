import Attention
import HalfSpace
import Measurement

extension Evaluation {
    /// T2: what is reported is the set, and outputs are what dense attention gives.
    static func exactness(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T2", "ReLU^α and entmax through half-space reporting are exact.", source,
            [("queries", String(plan.queries))],
            columns: [
                "head", "d", "n", "index", "kind", "activation", "α", "reported", "missed", "extra", "max |difference|",
                "difference/‖V‖∞",
            ])
        var byKind: [String: Int] = [:]
        for head in source.heads {
            for d in plan.dimensions {
                let data = try source.data(n: plan.length, d: d, queries: plan.queries, head: head)
                let study = ExactnessStudy(data)
                for choice in [IndexChoice.auto] + IndexKind.allCases.map(IndexChoice.fixed) {
                    try progress("head \(head), d = \(d), \(choice.name)")
                    for activation in exactActivations {
                        guard let found = try study.check(choice, activation) else { continue }
                        byKind[found.kind, default: 0] += data.queries.count
                        table.add([
                            .text(data.label), .int(d), .int(data.n), .text(choice.name), .text(found.kind),
                            .text(activation.name), TableCell(activation.alpha), .number(found.reported),
                            .int(found.missed), .int(found.extra), .number(found.difference),
                            .number(found.difference / max(study.valueNorm, .leastNormalMagnitude)),
                        ])
                    }
                }
            }
        }
        let wrong = Int(table.numbers("missed").reduce(0, +) + table.numbers("extra").reduce(0, +))
        let worst = table.numbers("difference/‖V‖∞").max() ?? 0
        let kinds = byKind.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        table.finding =
            "\(wrong) keys missed or extra; outputs differ from dense attention's by at most "
            + "\(TableCell.short(worst))‖V‖∞; rows answered by each index: \(kinds)."
        table.verdict = Verdict(
            wrong == 0 && worst <= rounding,
            "\(wrong) keys missed or extra in \(byKind.values.reduce(0, +)) rows, largest difference "
                + "\(TableCell.short(worst))‖V‖∞")
        return table
    }

    private static let exactActivations: [Activation] = [
        .relu(alpha: 1), .relu(alpha: 2), .relu(alpha: 3), .entmax(alpha: 1.5), .entmax(alpha: 2),
    ]

    /// What float32 sums of weights may round away, in units of ‖V‖_∞.
    private static let rounding = 1e-3
}

/// One head's rows through any index, against the definition and against dense attention.
private struct ExactnessStudy {
    let data: EvaluationData
    let valueNorm: Double
    private let keys: KeyStatistics
    private let dense: DenseAttention

    init(_ data: EvaluationData) {
        self.data = data
        keys = KeyStatistics(of: data.store, rows: 0..<data.n)
        dense = DenseAttention(store: data.store)
        valueNorm = ValueNorm(of: data.store).value
    }

    /// The figures of one index; nil where it has no answer for these keys.
    func check(
        _ choice: IndexChoice, _ activation: Activation
    ) throws -> (kind: String, reported: Double, missed: Int, extra: Int, difference: Double)? {
        let chooser = ThresholdChooser(settings: ThresholdSettings(), activation: activation)
        guard let index = try data.index(choice, chooser: chooser, keys: keys) else { return nil }
        let sparse = SparseAttention(index: index)
        let report = Report()
        let (ours, theirs) = (
            AttentionOutput(valueDimension: data.store.valueDimension),
            AttentionOutput(valueDimension: data.store.valueDimension)
        )
        var result = (kind: index.statistics.way, reported: 0.0, missed: 0, extra: 0, difference: 0.0)
        for query in data.queries {
            let chosen = chooser.choose(query, over: keys)
            let found = try sparse.attend(query, activation: activation, threshold: chosen, into: ours)
            dense.attend(query, activation: activation, threshold: found.threshold, into: theirs)
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

extension IndexStatistics {
    /// What answers: the index's kind, or "dense" where all rows are read as dense attention reads them.
    var way: String { answersDensely ? "dense" : kind.rawValue }
}
