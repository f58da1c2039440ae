import Attention
import Foundation
import HalfSpace
import Measurement

extension Evaluation {
    /// T3: decode steps against n.
    static func decodeTimes(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T3", "Decoding takes O(n^0.8) a step against O(n); it pays from some n on.", source,
            [
                ("queries", String(plan.queries)), ("activation", "relu α = 1"), ("rule", "calibrated"),
                ("caches", "warm"),
            ],
            readsAllHeads: false,
            columns: [
                "d", "n", "index", "kind", "reported", "naive µs", "HSR µs", "ratio", "init ms", "exponent",
                "Part 1: 1-1/⌊d/2⌋", "Part 2", "naive exponent", "pays from n",
            ])
        var summary: [String] = []
        var places: [(name: String, holds: Bool)] = []
        for d in plan.timedDimensions {
            for choice in choices(plan, d: d) {
                var lines: [DecodeMeasurement] = []
                for n in plan.timedLengths(d: d) {
                    try progress("d = \(d), n = \(n), \(choice.name)")
                    let data = try source.data(n: n, d: d, queries: plan.queries)
                    guard let timing = try DecodeMeasurement.measure(data, choice: choice) else { break }
                    lines.append(timing)
                }
                let growth = DecodeGrowth(lines)
                for line in lines {
                    table.add([
                        .int(d), .int(line.n), .text(choice.name), .text(line.statistics.way), .number(line.reported),
                        .number(line.naive.median), .number(line.hsr.median), TableCell(line.ratio),
                        .number(line.initTime / 1000), TableCell(growth.exponent), TableCell(partOneExponent(d)),
                        .text("log n"), TableCell(growth.naiveExponent), TableCell(growth.paysFrom),
                    ])
                }
                if choice == .auto, let last = lines.last {
                    summary.append("d = \(d): \(growth.text), \(TableCell.short(last.ratio))x at n = \(last.n)")
                    places.append(("d = \(d)", growth.holds))
                }
            }
        }
        table.finding = summary.isEmpty ? "nothing was measured." : "auto, " + summary.joined(separator: "; ") + "."
        table.verdict = Verdict(
            places, "there the fitted exponent is at most \(DecodeGrowth.most) and the longest n is faster")
        return table
    }

    /// 1 − 1/⌊d/2⌋, the theory's exponent of a query of Part 1; nil at d = 1, where it has no meaning.
    static func partOneExponent(_ d: Int) -> Double? { d > 1 ? 1 - 1 / Double(d / 2) : nil }

    /// `auto`, and single indexes beside it as far as the time allows.
    private static func choices(_ plan: EvaluationPlan, d: Int) -> [IndexChoice] {
        let few: [IndexKind] = d <= 4 ? [.tree] : [.quantised]
        return [.auto] + (plan.queries < 32 || d > 64 ? few : IndexKind.allCases).map(IndexChoice.fixed)
    }
}

/// How the times of decode steps grow with n.
private struct DecodeGrowth {
    /// Fitted to the lengths from 4 096 on, where calls alone no longer matter; nil of a single length.
    var exponent: Double?
    var naiveExponent: Double?
    /// The least n from which on every step was faster than naive; nil: none.
    var paysFrom: Int?
    private var isFasterAtLast = false

    /// 0.8, and what a fit of a few points may be off by.
    static let most = 0.85

    init(_ lines: [DecodeMeasurement]) {
        let long = lines.filter { $0.n >= 4096 || lines.count <= 3 }
        exponent = PowerFit(long.map { (Double($0.n), $0.hsr.median) })?.exponent
        naiveExponent = PowerFit(long.map { (Double($0.n), $0.naive.median) })?.exponent
        let fast = lines.reversed().prefix { $0.hsr.median < $0.naive.median }
        paysFrom = fast.last?.n
        isFasterAtLast = !fast.isEmpty
    }

    var holds: Bool { isFasterAtLast && (exponent ?? .infinity) <= Self.most }

    var text: String {
        (exponent.map { "exponent \(TableCell.short($0))" } ?? "no exponent of one length")
            + (paysFrom.map { ", pays from \($0)" } ?? ", pays from no n here")
    }
}

extension DecodeMeasurement {
    /// Decode steps of ReLU at the calibrated threshold with warm caches; nil where the index has no answer for these keys.
    static func measure(_ data: EvaluationData, choice: IndexChoice) throws -> DecodeMeasurement? {
        var plan = BenchmarkPlan()
        plan.queries = data.queries.count
        plan.checks = false
        var benchmark = DecodeBenchmark(plan)
        benchmark.timesRivals = false
        do {
            return try benchmark.measure(BenchmarkInput(data), choice: choice)
        } catch is IndexCannotServe {
            return nil
        }
    }
}
