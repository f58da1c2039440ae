import Attention
import HalfSpace
import Measurement
import Policies

extension Evaluation {
    /// T9: what policies read, miss and err by at the same bytes.
    static func policies(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(policyTable, policyClaim, source, policyParameters(plan.queries), columns: policyColumns)
        // Made keys at the least and the largest of the dimensions; a trace has one.
        let dimensions = Array(Set([plan.dimensions.first, plan.dimensions.last { $0 <= 64 }].compactMap { $0 }))
            .sorted()
        var findings: [PolicyFinding] = []
        for d in dimensions {
            let episodes = try source.heads.map {
                try source.episode(n: source.tokens ?? plan.length, d: d, queries: plan.queries, head: $0)
            }
            findings += try policyRows(
                episodes, place: source.fixedDimension == nil ? "d = \(d)" : "", seed: source.seed, into: &table,
                progress)
        }
        conclude(findings, &table)
        return table
    }

    /// T9 on heads of a language model.
    /// - Throws: what an index or `progress` throws.
    public static func policies(
        of model: String, _ episodes: [PolicyEpisode], seed: UInt64 = 1, progress: (String) throws -> Void = { _ in }
    ) throws -> ResultTable {
        var table = ResultTable(
            name: policyTable, claim: policyClaim,
            parameters: [("model", model), ("seed", String(seed)), ("heads", String(episodes.count))]
                + policyParameters(episodes.first?.steps.count ?? 0), columns: policyColumns)
        let findings = try policyRows(episodes, place: "", seed: seed, into: &table) {
            try progress("\(policyTable): \($0)")
        }
        conclude(findings, &table)
        return table
    }

    public static let policyTable = "T9"
    private static let policyClaim =
        "At equal bytes half-space reporting with leaf means errs less than every policy that is told nothing."

    private static func policyParameters(_ queries: Int) -> [(name: String, value: String)] {
        [
            ("queries", "\(queries) a head"), ("errors", "‖found − whole‖₂/‖whole‖₂, softmax, against float64"),
            ("budget", "of the cache; bytes: all that is read, keys: metadata left out"),
        ]
    }

    private static let policyColumns = [
        "data", "d", "n", "budget", "policy", "error p50", "p90", "max", "recall", "mass", "rows", "KB", "metadata KB",
        "µs", "parameters",
    ]

    /// What one budget showed at one place.
    struct PolicyFinding {
        var place: String
        var lines: [PolicyLine]
        var isPooled: Bool

        /// Those that read something, by falling success.
        var ranked: [PolicyLine] {
            lines.filter { $0.isServed && !$0.error.isEmpty }.sorted { $0.error.median < $1.error.median }
        }
        var order: String {
            ranked.map { "\($0.kind.name) \(TableCell.short($0.error.median))" }.joined(separator: ", ")
        }
        /// Whether the means have the least median error of all that are told nothing.
        var holds: Bool { ranked.first { !$0.kind.card.isOracle }?.kind == .means }
    }

    private static func policyRows(
        _ episodes: [PolicyEpisode], place: String, seed: UInt64, into table: inout ResultTable,
        _ progress: (String) throws -> Void
    ) throws -> [PolicyFinding] {
        guard let first = episodes.first else { return [] }
        let label = episodes.count == 1 ? first.label : "\(episodes.count) heads"
        var findings: [PolicyFinding] = []
        for budget in PolicyTableBudget.all {
            let lines = try PolicyLine.all(episodes, budget, seed: seed, progress: progress)
            let times = budget.chargesMetadata ? try PolicyTimes.measure(first, budget, seed: seed) : [:]
            for line in lines {
                table.add(
                    [.text(label), .int(first.store.dimension), .int(first.store.count), .text(budget.name)]
                        + line.cells(microseconds: times[line.kind]))
            }
            findings.append(
                PolicyFinding(
                    place: [place, budget.name].filter { !$0.isEmpty }.joined(separator: ", "), lines: lines,
                    isPooled: first.isPooled))
        }
        return findings
    }

    private static func conclude(_ findings: [PolicyFinding], _ table: inout ResultTable) {
        let told = findings.filter { $0.lines.first?.budget.part == 8 }
        table.finding = told.map { "at \($0.place): \($0.order)" }.joined(separator: "; ") + "."
        if findings.contains(where: \.isPooled) {
            table.finding += " Here queries belong to no position, so the newest keys are no better than any."
        }
        let paid = findings.filter { $0.lines.first?.budget.chargesMetadata == true && !$0.ranked.isEmpty }
        table.verdict = Verdict(
            paid.map { ($0.place, $0.holds) },
            "\(paid.count(where: \.holds)) of \(paid.count) budgets in bytes")
    }
}

extension PolicyLine {
    /// From the policy's name on.
    func cells(microseconds: Double?) -> [TableCell] {
        let name = TableCell.text(kind.name + (kind.card.isOracle ? " (told)" : kind.card.evicts ? " (evicts)" : ""))
        guard isServed else {
            let need = least.map { "needs \(TableCell.short(Double($0) / 1000)) KB" } ?? ""
            return [name] + Array(repeating: .none, count: 9) + [.text(need)]
        }
        return [
            name, .number(error.median), .number(error.quantile(0.9)), .number(error.largest),
            .number(samples(\.recall).median), .number(samples(\.mass).median),
            .number(samples { Double($0.rows.count) }.median),
            .number(samples { Double($0.bytes.total) }.median / 1000),
            .number(samples { Double($0.bytes.metadata) }.median / 1000), TableCell(microseconds), .text(parameters),
        ]
    }
}
