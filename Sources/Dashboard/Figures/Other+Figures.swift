import Measurement
import Policies
import Screen
import Simulation

// Figures of the views that measure something beside the stream: Scaling, Prefill, Text, Policies.

extension SweepTablePanel {
    /// The largest n that was measured.
    var figures: [Figure] {
        [
            Figure(
                "measured_n", label: "n", unit: "keys",
                value: { $0.sweep.curves.last?.points.last.map { Double($0.n) } },
                text: { Format.binary(Int(held: $0)) })
        ]
    }
}

extension GrowthPanel {
    var figures: [Figure] {
        [
            Figure(
                "growth", label: { _ in title },
                value: { $0.sweep.curves.last?.claimedPower?.exponent }, text: nil, short: Text.power
            ).timed
        ]
    }
}

extension PrefillTimesPanel {
    var figures: [Figure] {
        func time(_ name: String, _ label: String, _ value: @escaping @Sendable (PrefillFrame) -> Double?) -> Figure {
            Figure(name, label: label, unit: "s", value: { $0.prefill.flatMap(value) }, text: Text.duration).timed
        }
        return [
            time("hsr", "HSR") { $0.hsrSeconds > 0 ? $0.hsrSeconds : nil }, time("naive", "naive") { $0.naiveSeconds },
            Figure(
                "faster", label: { _ in "faster by" },
                value: { snapshot in
                    guard let frame = snapshot.prefill, !Self.isDense(frame), let naive = frame.naiveSeconds,
                        frame.hsrSeconds > 0
                    else { return nil }
                    return naive / frame.hsrSeconds
                }, text: nil, short: { Text.ratio($0) + "×" }
            ).timed,
        ]
    }
}

extension TextFiguresPanel {
    var figures: [Figure] {
        [
            .count("same", label: "same text", unit: "letters") { $0.text.map { Double($0.tally.same) } },
            .count("written", label: "same text", unit: "letters") { $0.text.map { Double($0.tally.written) } },
            Figure("hsr_rate", label: "HSR", unit: "1/s", value: { Rates($0)?.hsr }, text: Text.short).timed,
            Figure("naive_rate", label: "naive", unit: "1/s", value: { Rates($0)?.naive }, text: Text.short).timed,
        ]
    }
}

extension ContextPanel {
    /// How far back lies the letter that has most of the attention.
    var figures: [Figure] {
        [
            .count("back", label: "back", unit: "letters") { snapshot in
                guard let frame = snapshot.text, let most = frame.ofAllHeads.max(by: { $0.share < $1.share }) else {
                    return nil
                }
                return Double(frame.bytes.count - 1 - most.position)
            }
        ]
    }
}

extension PoliciesPanel {
    /// Of each policy its error and its recall, as medians over the last looks: `quest_error`, `h2o_recall`.
    var figures: [Figure] {
        func figure(
            _ kind: PolicyKind, _ name: String, _ value: @escaping @Sendable (PoliciesFrame.Outcome) -> Double,
            _ text: @escaping @Sendable (Double) -> String
        ) -> Figure {
            Figure(
                "\(kind.rawValue)_\(name)", label: kind.name,
                value: { snapshot in
                    guard let frame = snapshot.policies, frame.looks > 0 else { return nil }
                    return frame.rows.first { $0.kind == kind && $0.outcome.least == nil }.map { value($0.median) }
                }, text: text)
        }
        return PolicyKind.allCases.map { figure($0, "error", \.error, Text.error) }
            + PolicyKind.allCases.map { figure($0, "recall", \.recall, Format.percent) }
    }
}
