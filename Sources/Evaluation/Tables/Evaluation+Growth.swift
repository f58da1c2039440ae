import Attention
import Foundation
import HalfSpace
import Measurement

extension Evaluation {
    /// T10: what a growing cache costs, and what the planner chooses.
    static func growth(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T10",
            "The index grows with the cache: an append costs a tenth of a naive step at most, and no pause is longer than one.",
            source,
            [("appended keys", "2000, at most n/2")],
            readsAllHeads: false,
            columns: [
                "d", "n", "kind", "bytes/key", "K and V bytes/key", "init ms", "mean append µs", "worst append µs",
                "naive step µs", "merges", "reason",
            ])
        // In naive steps; NaN where nothing was appended.
        var shares: [(mean: Double, worst: Double)] = []
        for d in plan.dimensions {
            for n in plan.timedLengths.suffix(2) {
                let appended = min(2000, n / 2)
                try progress("d = \(d), n = \(n)")
                // The last keys of the data arrive one by one.
                let whole = try source.data(n: n, d: d, queries: 8)
                let store = KeyValueStore(
                    dimension: d, valueDimension: whole.store.valueDimension, capacity: n)
                let start = n - appended
                try store.append(
                    keys: Array(whole.store.keys[..<(start * d)]),
                    values: Array(whole.store.values[..<(start * store.valueDimension)]))
                let data = EvaluationData(label: whole.label, store: store, queries: whole.queries)
                let chooser = ThresholdChooser(settings: ThresholdSettings(), activation: .relu(alpha: 1))
                let keys = KeyStatistics(of: store, rows: 0..<start)
                guard let index = try data.index(.auto, chooser: chooser, keys: keys) else { continue }
                let initSeconds = index.statistics.initSeconds
                let times = try append(whole.store, from: start, to: store, index: index)
                let statistics = index.statistics
                let step = naive(data)
                shares.append((times.mean / step, times.largest / step))
                table.add([
                    .int(d), .int(n), .text(statistics.kind.rawValue),
                    .number(Double(statistics.bytes) / Double(max(1, n))), .int(store.bytesHeld / max(1, n)),
                    .number(1000 * initSeconds), TableCell(times.mean), TableCell(times.largest),
                    .number(step), .int(statistics.merges), .text(statistics.reason),
                ])
            }
        }
        let (means, worst) = (Samples(shares.map(\.mean)), Samples(shares.map(\.worst)))
        guard !means.isEmpty else {
            table.finding = "there is no key to append."
            return table
        }
        table.finding =
            "an append costs at most \(TableCell.short(means.largest)) naive steps on average, the worst pause is "
            + "\(TableCell.short(worst.largest)) naive steps."
        table.verdict = Verdict(
            means.largest <= 0.1 && worst.largest <= 1,
            "appends at most \(TableCell.short(means.largest)) naive steps, their pauses \(TableCell.short(worst.largest))"
        )
        return table
    }

    private static func append(
        _ source: KeyValueStore, from start: Int, to store: KeyValueStore, index: ReportingIndex
    ) throws -> Samples {
        var times: [Double] = []
        for row in start..<source.count {
            try store.append(keys: Array(source.key(row)), values: Array(source.value(row)))
            times.append(Stopwatch.microseconds { index.extend() })
        }
        return Samples(times)
    }

    private static func naive(_ data: EvaluationData) -> Double {
        let dense = DenseAttention(store: data.store)
        let output = AttentionOutput(valueDimension: data.store.valueDimension)
        return Samples(
            data.queries.map { query in
                Stopwatch.microseconds {
                    dense.attend(query, activation: .relu(alpha: 1), threshold: 0, into: output)
                }
            }
        ).median
    }

    /// T11: what it was measured on, and how to repeat it.
    static func machine(_ source: some EvaluationSource, _ plan: EvaluationPlan) -> ResultTable {
        var table = start(
            "T11", "Machine, seeds, and the commands that repeat every table.", source, columns: ["what", "value"])
        let info = ProcessInfo.processInfo
        var lines: [(String, String)] = [
            ("processor", Machine.processor), ("cores", String(Machine.cores)),
            ("memory", String(format: "%.1f GiB", Double(info.physicalMemory) / 1_073_741_824)),
            ("system", info.operatingSystemVersionString),
            ("kernels", Machine.kernels), ("seed", String(source.seed)),
            ("dimensions", plan.dimensions.map(String.init).joined(separator: " ")),
            ("lengths", plan.lengths.map(String.init).joined(separator: " ")),
            ("queries", String(plan.queries)),
        ]
        let options = (source.options + plan.options).map(shellWord).joined(separator: " ")
        lines += (["all"] + names).map { (name: String) in
            (name == "all" ? "all tables" : name, "halfspace evaluate --table \(name) \(options)")
        }
        for (what, value) in lines { table.add([.text(what), .text(value)]) }
        table.finding =
            "\(Machine.processor), \(Machine.cores) cores, \(Machine.kernels) kernels."
        return table
    }

    /// A word as a shell reads it back.
    private static func shellWord(_ word: String) -> String {
        let plain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./,=".contains($0)) }
        return plain && !word.isEmpty ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
