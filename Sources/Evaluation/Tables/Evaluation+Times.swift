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
                var lines: [DecodeTiming] = []
                for n in plan.timedLengths {
                    try progress("d = \(d), n = \(n), \(choice.name)")
                    let data = try source.data(n: n, d: d, queries: plan.queries)
                    guard let timing = try DecodeTiming.measure(data, choice: choice) else { break }
                    lines.append(timing)
                }
                let long = lines.filter { $0.n >= 4096 || lines.count <= 3 }
                let exponent = PowerFit(long.map { (Double($0.n), $0.hsr) })?.exponent
                let naive = PowerFit(long.map { (Double($0.n), $0.naive) })?.exponent
                let slow = lines.lastIndex { $0.hsr >= $0.naive }
                let pays = slow.map { $0 + 1 < lines.count ? lines[$0 + 1].n : nil } ?? lines.first?.n
                for line in lines {
                    table.add([
                        .int(d), .int(line.n), .text(choice.name), .text(line.kind), .number(line.reported),
                        .number(line.naive), .number(line.hsr), .number(line.naive / line.hsr), .number(line.initMs),
                        ResultTable.Cell(exponent), ResultTable.Cell(naive), pays.map(ResultTable.Cell.int) ?? .none,
                    ])
                }
                if choice == .auto, let last = lines.last {
                    summary.append(
                        "d = \(d): exponent \(ResultTable.Cell.short(exponent ?? .nan)), "
                            + "\(ResultTable.Cell.short(last.naive / last.hsr))x at n = \(last.n), pays from "
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
                guard let timing = try DecodeTiming.measure(data, choice: .fixed(kind)) else {
                    table.add([.int(d), .text(part), .text(kind.rawValue)] + Array(repeating: .none, count: 8))
                    continue
                }
                let saved = timing.naive - timing.hsr
                let breakEven = saved > 0 ? 1000 * timing.initMs / saved : Double.infinity
                let rows = Double(data.n)
                table.add([
                    .int(d), .text(part), .text(kind.rawValue), .number(timing.initMs), .number(timing.hsr),
                    .number(timing.naive), .number(timing.bytesPerKey), .number(breakEven),
                    .number(timing.initMs + timing.hsr), .number(timing.initMs + rows * timing.hsr / 1000),
                    .number(rows * timing.naive / 1000),
                ])
                if breakEven.isFinite {
                    served.append("d = \(d) part \(part) \(ResultTable.Cell.short(breakEven.rounded(.up)))")
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
                        ResultTable.Cell(reported), .number(1000 * line.naive.seconds),
                        .number(1000 * line.hsr.seconds),
                        .number(line.naive.seconds / line.hsr.seconds), .number(1000 * line.hsr.initSeconds),
                        ResultTable.Cell(exponent), ResultTable.Cell(naive),
                    ])
                }
                if !causal, let last = lines.last {
                    let ratio = ResultTable.Cell.short(last.naive.seconds / last.hsr.seconds)
                    summary.append("d = \(d) \(ratio)x at n = \(last.n) (\(last.hsr.method.rawValue))")
                }
            }
        }
        table.finding = "against dense blocks on all cores: " + summary.joined(separator: ", ") + "."
        return table
    }
}

/// Medians of decode steps over fixed keys, HSR and naive in turn.
struct DecodeTiming {
    var n: Int
    var kind: String
    var reported: Double
    var naive: Double
    var hsr: Double
    var initMs: Double
    var bytesPerKey: Double

    /// Warm caches; nil where the index has no answer for these keys.
    static func measure(_ data: EvaluationData, choice: IndexChoice) throws -> DecodeTiming? {
        let activation = Activation.relu(alpha: 1)
        let chooser = ThresholdChooser(settings: ThresholdSettings(), activation: activation)
        let keys = KeyStatistics(of: data.store, rows: 0..<data.n)
        guard let index = try data.index(choice, chooser: chooser, keys: keys) else { return nil }
        let (sparse, dense) = (SparseAttention(index: index), DenseAttention(store: data.store))
        let output = AttentionOutput(valueDimension: data.store.valueDimension)
        var (naive, hsr, reported) = ([Double](), [Double](), [Double]())
        for (i, query) in data.queries.enumerated() {
            let chosen = chooser.choose(query, over: keys)
            let sparseTime = try Stopwatch.microseconds {
                try sparse.attend(query, activation: activation, threshold: chosen, into: output)
            }
            let b = sparse.threshold
            let denseTime = Stopwatch.microseconds {
                dense.attend(query, activation: activation, threshold: b, into: output)
            }
            reported.append(Double(sparse.reported))
            // The first steps warm up.
            guard i >= 2 || data.queries.count < 4 else { continue }
            hsr.append(sparseTime)
            naive.append(denseTime)
        }
        let statistics = index.statistics
        return DecodeTiming(
            n: data.n, kind: statistics.kind.rawValue, reported: Samples(reported).mean, naive: Samples(naive).median,
            hsr: Samples(hsr).median, initMs: 1000 * statistics.initSeconds,
            bytesPerKey: Double(statistics.bytes) / Double(max(1, data.n)))
    }
}
