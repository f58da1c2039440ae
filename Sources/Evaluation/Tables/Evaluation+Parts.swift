import Attention
import HalfSpace
import Measurement

extension Evaluation {
    /// T4: the practical counterparts of the two structures, in decoding and in prefilling.
    static func parts(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        let rows = plan.prefillLengths.min() ?? plan.length
        var table = start(
            "T4", "Part 1 (cheap to build) is for prefilling, Part 2 (fast to ask) for decoding with fixed keys.",
            source,
            [
                ("queries", String(plan.queries)), ("n", String(plan.length)), ("activation", "relu α = 1"),
                ("prefill", "m = n = \(rows), row by row on one core, the index built inside"),
                ("~", "extrapolated from the median step"),
            ],
            readsAllHeads: false,
            columns: [
                "d", "part", "index", "init ms", "query µs", "naive µs", "bytes/key", "break-even m*",
                "~decoding 1000 steps ms", "~naive 1000 steps ms", "prefill ms", "naive prefill ms",
                "~prefilling n rows ms", "~naive n rows ms",
            ])
        var served: [String] = []
        var places: [(name: String, holds: Bool)] = []
        for d in plan.timedDimensions {
            let data = try source.data(n: plan.length, d: d, queries: plan.queries)
            let prompt = try source.data(n: rows, d: d, queries: rows)
            var parts: [PartTimes] = []
            for (part, kind) in [("1", IndexKind.tree), ("2", .net)] {
                try progress("d = \(d), \(kind.rawValue)")
                guard let times = try PartTimes(data, prompt: prompt, kind: kind) else {
                    table.add([.int(d), .text(part), .text(kind.rawValue)] + Array(repeating: .none, count: 11))
                    continue
                }
                parts.append(times)
                table.add([.int(d), .text(part), .text(kind.rawValue)] + times.cells)
                if times.decode.breakEven.isFinite {
                    served.append("d = \(d) part \(part) \(TableCell.short(times.decode.breakEven.rounded(.up)))")
                }
            }
            places.append(("d = \(d)", parts.count == 2 && parts[0].isCheaper(than: parts[1])))
        }
        table.finding =
            "steps until building has paid, m*: "
            + (served.isEmpty ? "it never pays here" : served.joined(separator: ", ")) + "."
        table.verdict = Verdict(
            places, "there Part 1 prefills \(rows) rows and Part 2 answers one query in less time than the other")
        return table
    }
}

/// What one part takes, measured.
private struct PartTimes {
    let decode: DecodeMeasurement
    /// Milliseconds of a prefill, the index built inside, and of the same rows without one.
    private let prefill: Double
    private let naivePrefill: Double

    /// nil where the part has no answer for these keys.
    init?(_ data: EvaluationData, prompt: EvaluationData, kind: IndexKind) throws {
        guard let decode = try DecodeMeasurement.measure(data, choice: .fixed(kind)) else { return nil }
        self.decode = decode
        let keys = KeyStatistics(of: prompt.store, rows: 0..<prompt.n)
        let chooser = ThresholdChooser(settings: ThresholdSettings(), activation: .relu(alpha: 1))
        let thresholds = prompt.queries.map { chooser.choose($0, over: keys) }
        let output = AttentionOutput(valueDimension: prompt.store.valueDimension)
        let watch = Stopwatch()
        guard let index = try prompt.index(.fixed(kind), chooser: chooser, keys: keys) else { return nil }
        let sparse = SparseAttention(index: index)
        for (query, b) in zip(prompt.queries, thresholds) {
            _ = try sparse.attend(query, activation: chooser.activation, threshold: b, into: output)
        }
        prefill = watch.microseconds / 1000
        let dense = DenseAttention(store: prompt.store)
        naivePrefill =
            Stopwatch.microseconds {
                for (query, b) in zip(prompt.queries, thresholds) {
                    dense.attend(query, activation: chooser.activation, threshold: b.value, into: output)
                }
            } / 1000
    }

    /// Whether the first part prefills faster than the other, which answers single queries faster.
    func isCheaper(than other: PartTimes) -> Bool {
        prefill < other.prefill && other.decode.hsr.median < decode.hsr.median
    }

    var cells: [TableCell] {
        let (initTime, n) = (decode.initTime / 1000, Double(decode.n))
        return [
            .number(initTime), .number(decode.hsr.median), .number(decode.naive.median), .number(decode.bytesPerKey),
            decode.breakEven.isFinite ? .number(decode.breakEven) : .text("never"),
            .number(initTime + decode.hsr.median), .number(decode.naive.median), .number(prefill),
            .number(naivePrefill), .number(initTime + n * decode.hsr.median / 1000),
            .number(n * decode.naive.median / 1000),
        ]
    }
}
