import PlainText
import Policies
import Screen
import Simulation

/// What has to be known for the comparison to be fair: the budget, what the data penalise, the needle, what is told and what is timed.
struct PolicyNotesPanel: Panel {
    let title = "what to know"

    func note(_ context: RenderContext) -> String {
        guard let frame = context.snapshot.policies, frame.looks > 0 else { return "" }
        return "step \(Format.grouped(frame.step))"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.policies, frame.looks > 0 else { return }
        var y = rect.y
        for (text, role) in Self.sentences(frame, context) {
            let lines = text.wrapped(to: rect.width)
            // A sentence that does not fit whole is left out; a shorter one may.
            guard y + lines.count <= rect.bottom else { continue }
            for line in lines {
                buffer.put(line, in: Rect(x: rect.x, y: y, width: rect.width, height: 1), style: context.style(role))
                y += 1
            }
        }
    }

    /// The most telling first.
    private static func sentences(_ frame: PoliciesFrame, _ context: RenderContext) -> [(String, Theme.Role)] {
        let share = frame.cacheBytes > 0 ? Double(frame.budget) / Double(frame.cacheBytes) : 0
        var sentences: [(String, Theme.Role)] = []
        if let penalty = penalty(frame, context.snapshot) { sentences.append((penalty, .warn)) }
        if let needle = needle(frame) { sentences.append((needle, .accent)) }
        sentences.append(
            (
                "Each may read \(Format.bytes(frame.budget)) a query, \(Format.percent(share)) of the cache: what HSR reads "
                    + "for the rule's \(Format.grouped(frame.reported)) keys.", .text
            ))
        if context.snapshot.settings.activation != .softmax {
            sentences.append(("All are judged as softmax on the same scores, against float64 over every key.", .muted))
        }
        sentences += [
            (
                "The oracle and vAttention's top-k are told for nothing which keys score highest; the others pay for what "
                    + "they read to choose (m: metadata).", .muted
            ),
            (
                "Policies follow on a thread of their own with a quarter of a core; times of steps are marked as measured "
                    + "under load meanwhile.", .muted
            ),
            (
                "H2O and SnapKV know the last \(frame.asked) queries of the prompt; \(Format.grouped(frame.followed)) "
                    + "steps were followed since, \(Format.grouped(frame.looks)) looked at.", .muted
            ),
        ]
        return sentences + PolicyKind.allCases.map { ("\($0.name): \($0.card.source)", .muted) }
    }

    /// What the data hold against a policy.
    private static func penalty(_ frame: PoliciesFrame, _ snapshot: Snapshot) -> String? {
        if frame.isPooled {
            return "These queries come from elsewhere than the keys: no key is near in time, which penalises windows "
                + "(StreamingLLM, half of H2O)."
        }
        if snapshot.settings.workload == .gaussian {
            return "These keys have no order: windows, pages and votes can know nothing of them."
        }
        return nil
    }

    private static func needle(_ frame: PoliciesFrame) -> String? {
        guard let needle = frame.needle else { return nil }
        let rows = frame.ranked.filter { $0.readsNeedle != nil && $0.outcome.least == nil }
        func names(_ wanted: (PoliciesFrame.Row) -> Bool) -> String {
            rows.filter(wanted).map(\.kind.name).joined(separator: ", ")
        }
        let lost = names { !$0.keepsNeedle }
        return "The text stood here before: row \(Format.grouped(needle)) is read by "
            + "\(names { $0.readsNeedle == true }.ifEmpty("nobody"))"
            + (lost.isEmpty ? "." : "; gone for ever from \(lost).")
    }
}

extension String {
    fileprivate func ifEmpty(_ other: String) -> String { isEmpty ? other : self }
}
