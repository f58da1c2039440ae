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
            columns: [
                "d", "n", "index", "kind", "reported", "naive µs", "HSR µs", "ratio", "init ms", "exponent",
                "naive exponent",
                "pays from n",
            ])
        var summary: [String] = []
        for d in plan.timedDimensions {
            for choice in choices(plan, d: d) {
                var lines: [DecodeMeasurement] = []
                for n in plan.timedLengths {
                    try progress("d = \(d), n = \(n), \(choice.name)")
                    let data = try source.data(n: n, d: d, queries: plan.queries)
                    guard let timing = try DecodeMeasurement.measure(data, choice: choice) else { break }
                    lines.append(timing)
                }
                let long = lines.filter { $0.n >= 4096 || lines.count <= 3 }
                let exponent = PowerFit(long.map { (Double($0.n), $0.hsr.median) })?.exponent
                let naive = PowerFit(long.map { (Double($0.n), $0.naive.median) })?.exponent
                let slow = lines.lastIndex { $0.hsr.median >= $0.naive.median }
                let pays = slow.map { $0 + 1 < lines.count ? lines[$0 + 1].n : nil } ?? lines.first?.n
                for line in lines {
                    table.add([
                        .int(d), .int(line.n), .text(choice.name), .text(line.statistics.kind.rawValue),
                        .number(line.reported),
                        .number(line.naive.median), .number(line.hsr.median), .number(line.ratio),
                        .number(line.initTime / 1000),
                        TableCell(exponent), TableCell(naive), pays.map(TableCell.int) ?? .none,
                    ])
                }
                if choice == .auto, let last = lines.last {
                    summary.append(
                        "d = \(d): exponent \(TableCell.short(exponent ?? .nan)), "
                            + "\(TableCell.short(last.ratio))x at n = \(last.n), pays from "
                            + (pays.map(String.init) ?? "no n here"))
                }
            }
        }
        table.finding = "auto, " + summary.joined(separator: "; ") + "."
        return table
    }

    private static func choices(_ plan: EvaluationPlan, d: Int) -> [IndexChoice] {
        let kinds: [IndexKind] = plan.queries < 32 ? (d <= 4 ? [.tree] : [.quantised]) : IndexKind.allCases
        return [.auto] + kinds.map(IndexChoice.fixed)
    }

    /// T4: the practical counterparts of the two structures.
    static func parts(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T4", "Part 1 (cheap to build) is for prefilling, Part 2 (fast to ask) for decoding with fixed keys.",
            source,
            [("queries", String(plan.queries)), ("n", String(plan.length)), ("activation", "relu α = 1")],
            columns: [
                "d", "part", "index", "init ms", "query µs", "naive µs", "bytes/key", "break-even m*",
                "decoding 1000 steps ms", "prefilling n rows ms", "naive n rows ms",
            ])
        var served: [String] = []
        for d in plan.timedDimensions {
            let data = try source.data(n: plan.length, d: d, queries: plan.queries)
            for (part, kind) in [("1", IndexKind.tree), ("2", .net)] {
                try progress("d = \(d), \(kind.rawValue)")
                guard let timing = try DecodeMeasurement.measure(data, choice: .fixed(kind)) else {
                    table.add([.int(d), .text(part), .text(kind.rawValue)] + Array(repeating: .none, count: 8))
                    continue
                }
                let rows = Double(data.n)
                table.add([
                    .int(d), .text(part), .text(kind.rawValue), .number(timing.initTime / 1000),
                    .number(timing.hsr.median),
                    .number(timing.naive.median), .number(timing.bytesPerKey), .number(timing.breakEven),
                    .number(timing.initTime / 1000 + timing.hsr.median),
                    .number(timing.initTime / 1000 + rows * timing.hsr.median / 1000),
                    .number(rows * timing.naive.median / 1000),
                ])
                if timing.breakEven.isFinite {
                    served.append("d = \(d) part \(part) \(TableCell.short(timing.breakEven.rounded(.up)))")
                }
            }
        }
        table.finding =
            "steps until building has paid, m*: "
            + (served.isEmpty ? "it never pays here" : served.joined(separator: ", ")) + "."
        return table
    }

    /// T5: prefills against n.
    static func prefillTimes(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T5", "Prefilling n queries takes O(n^(2−1/⌊d/2⌋) + n^1.8) against O(n²), the index built inside.", source,
            [("activation", "relu α = 1"), ("rule", "calibrated"), ("m", "n")],
            columns: [
                "d", "n", "causal", "method", "reported", "naive ms", "HSR ms", "ratio", "init ms", "exponent",
                "naive exponent",
            ])
        var summary: [String] = []
        for d in plan.timedDimensions {
            for causal in [false, true] {
                var lines: [(n: Int, hsr: PrefillResult, naive: PrefillResult)] = []
                for n in plan.prefillLengths {
                    try progress("d = \(d), n = \(n)\(causal ? ", causal" : "")")
                    let data = try source.data(n: n, d: d, queries: n)
                    var request = PrefillRequest(queries: data.queries.flatMap { $0 }, causal: causal)
                    let hsr = try Prefill.run(request, store: data.store)
                    request.method = .dense
                    lines.append((n, hsr, try Prefill.run(request, store: data.store)))
                }
                let exponent = PowerFit(lines.map { (Double($0.n), $0.hsr.seconds) })?.exponent
                let naive = PowerFit(lines.map { (Double($0.n), $0.naive.seconds) })?.exponent
                for line in lines {
                    let reported = line.hsr.reported.map { Double($0.reduce(0, +)) / Double(line.n) }
                    table.add([
                        .int(d), .int(line.n), .text(causal ? "yes" : "no"), .text(line.hsr.method.rawValue),
                        TableCell(reported), .number(1000 * line.naive.seconds),
                        .number(1000 * line.hsr.seconds),
                        .number(line.naive.seconds / line.hsr.seconds), .number(1000 * line.hsr.initSeconds),
                        TableCell(exponent), TableCell(naive),
                    ])
                }
                if !causal, let last = lines.last {
                    let ratio = TableCell.short(last.naive.seconds / last.hsr.seconds)
                    summary.append("d = \(d) \(ratio)x at n = \(last.n) (\(last.hsr.method.rawValue))")
                }
            }
        }
        table.finding = "against dense blocks on all cores: " + summary.joined(separator: ", ") + "."
        return table
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
