import Attention
import Foundation
import HalfSpace
import Measurement

extension Evaluation {
    /// T5: prefills against n.
    static func prefillTimes(
        _ source: some EvaluationSource, _ plan: EvaluationPlan, _ progress: (String) throws -> Void
    ) throws -> ResultTable {
        var table = start(
            "T5", "Prefilling n queries takes O(n^(2−1/⌊d/2⌋) + n^1.8) against O(n²), the index built inside.", source,
            [("activation", "relu α = 1"), ("rule", "calibrated"), ("m", "n")],
            readsAllHeads: false,
            columns: [
                "d", "n", "causal", "method", "reported", "naive ms", "HSR ms", "ratio", "init ms", "exponent",
                "theory", "naive exponent",
            ])
        var summary: [String] = []
        var places: [(name: String, holds: Bool)] = []
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
                        TableCell(exponent), TableCell(partOneExponent(d).map { 1 + max($0, 0.8) }),
                        TableCell(naive),
                    ])
                }
                if !causal, let last = lines.last {
                    let ratio = TableCell.short(last.naive.seconds / last.hsr.seconds)
                    summary.append("d = \(d) \(ratio)x at n = \(last.n) (\(last.hsr.method.rawValue))")
                    let isFaster = last.hsr.seconds < last.naive.seconds && last.hsr.method != .dense
                    places.append(("d = \(d)", isFaster && (exponent ?? .infinity) < (naive ?? 0)))
                }
            }
        }
        table.finding = "against dense blocks on all cores: " + summary.joined(separator: ", ") + "."
        table.verdict = Verdict(
            places, "there half-space reporting is faster at the longest n, and its exponent below dense attention's")
        return table
    }
}
