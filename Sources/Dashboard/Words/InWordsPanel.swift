import Attention
import Foundation
import Screen
import Simulation

/// What the Race shows, in a few sentences with its own numbers, for whom has not read the paper.
struct InWordsPanel: Panel {
    let title = "in words"

    func note(_ context: RenderContext) -> String { "? explains every word" }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        buffer.put(paragraphs: Self.sentences(context), in: rect, gap: 0, style: context.style(.muted))
    }

    static func sentences(_ context: RenderContext) -> [String] {
        let snapshot = context.snapshot
        guard let last = snapshot.history.last, snapshot.n > 0 else { return [] }
        let n = Format.grouped(snapshot.n)
        let reported = Format.grouped(Int(held: StepCounts(snapshot).reported))
        let b = Format.significant(last.threshold)
        var sentences = [
            "Each step one new word asks \(n) earlier ones (keys); \(reported) of them score at least b = \(b) and are attended."
        ]
        if !snapshot.settings.activation.findsItsThreshold {
            sentences.append("b: \(rule(snapshot.settings.threshold.rule)).")
        }
        let power = Format.grouped(Int(held: pow(Double(snapshot.n), 0.8)))
        sentences.append(
            "naive scores all of them, HSR finds those alone. n^0.8 = \(power) is the paper's budget; even attention would give each key 1/n."
        )
        return sentences
    }

    private static func rule(_ rule: ThresholdRule) -> String {
        switch rule {
        case .paper: "where the paper's lemma puts it"
        case .tight: "where the lemma's sharper form puts it"
        case .calibrated: "calibrated, \u{221A}(0.4 ln n) standard deviations above the keys' mean score"
        case .count: "as high as leaves the number of keys that was asked for"
        case .manual: "as it was given"
        case .learned: "as the model learned it"
        case .error: "as high as the error that is allowed lets it be"
        }
    }
}
