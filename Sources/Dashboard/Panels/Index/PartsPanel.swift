import Foundation
import HalfSpace
import Screen
import Simulation

/// The practical counterparts of the paper's Part 1 and Part 2 (arXiv 2410.10165), raced on the same queries.
struct PartsPanel: Panel {
    let title = "Part 1 and Part 2"

    func note(_ context: RenderContext) -> String {
        guard let frame = context.snapshot.parts else { return "practical counterparts" }
        if let fraction = frame.fraction { return "measuring \(Format.percent(fraction))" }
        return "n \(Format.grouped(frame.n)), \(frame.queries) queries, warm"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.parts, !frame.parts.isEmpty else {
            buffer.put(centred: "measured between the steps of the stream", in: rect, style: context.style(.muted))
            return
        }
        let names = max(12, rect.width / 4)
        // A refusal is a sentence and needs more room than figures.
        let isRefused = frame.parts.contains { $0.refusal != nil }
        let columns = rect.inset(left: names).columns(
            frame.parts.map { isRefused && $0.refusal == nil ? .fixed(max(11, names - 3)) : .share(1) },
            gap: isRefused ? 2 : 1)
        for (row, name) in ["", "init", "query", "naive", "bytes a key", "pays after"].enumerated() {
            buffer.put(name, in: rect, row: row, style: context.style(.muted))
        }
        for (i, part) in frame.parts.enumerated() {
            let column = columns[i]
            buffer.put(
                "\(i + 1): \(part.kind.rawValue)", in: column, align: .trailing, style: context.style(.accent, .bold))
            if let refusal = part.refusal {
                let reason = refusal.components(separatedBy: "cannot serve here: ").last ?? refusal
                for (row, line) in reason.wrapped(to: column.width).prefix(rect.height - 1).enumerated() {
                    buffer.put(line, in: column, row: row + 1, align: .trailing, style: context.style(.warn))
                }
                continue
            }
            let best = frame.parts.filter { $0.refusal == nil }.map(\.query.median).min() ?? 0
            let lines: [(String, Style)] = [
                (Text.duration(part.initSeconds), context.style(.text)),
                (
                    Text.duration(part.query.median),
                    context.style(.hsr, part.query.median == best ? .bold : [])
                ),
                (Text.duration(frame.naive.median), context.style(.naive)),
                (Format.significant(Double(part.bytes) / Double(max(1, frame.n))), context.style(.text)),
                (
                    part.breakEven.map { "\(Format.compact($0.rounded(.up))) steps" } ?? "never",
                    context.style(part.breakEven == nil ? .warn : .text, .bold)
                ),
            ]
            for (row, line) in lines.enumerated() {
                buffer.put(line.0, in: column, row: row + 1, align: .trailing, style: line.1)
            }
        }
        guard frame.parts.count == 2, frame.parts.allSatisfy({ $0.refusal == nil }) else { return }
        // By itself the name would read as a claim.
        buffer.put("2 beats 1", in: rect, row: 6, style: context.style(.muted))
        let overtaking = frame.overtaking
        buffer.put(
            overtaking.map { "after \(Format.compact($0.rounded(.up))) steps" } ?? "never here", in: rect, row: 6,
            align: .trailing, style: context.style(overtaking == nil ? .warn : .text, .bold))
    }
}
