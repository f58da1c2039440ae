import Screen
import Simulation

/// The curves that are kept, newest first: what each swept, how it grows, from which n it pays.
struct CurvesPanel: Panel {
    let title = "curves kept"

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let looks = CurveLook.all(of: context.snapshot.sweep, glyphs: context.glyphs).reversed()
        buffer.put(
            Self.padded(["HSR", "ahead", "ratio"]), in: rect, align: .trailing, style: context.style(.muted))
        for (row, look) in looks.prefix(rect.height - 1).enumerated() {
            let line = rect.row(row + 1)
            let style = look.style(context)
            buffer[line.x, line.y] = Cell(look.mark, style)
            let text = Self.padded(Self.figures(look.curve))
            buffer.put(text, in: line, align: .trailing, style: context.style(look.isNewest ? .text : .muted))
            buffer.put(
                look.name, in: line.inset(left: 2, right: text.count + 1), style: style,
                ellipsis: context.glyphs.ellipsis)
        }
        notes(in: rect.inset(top: looks.count + 2), isAlone: looks.count < 2, into: &buffer, context)
    }

    /// What the picture shows, as far as there is room.
    private func notes(in rect: Rect, isAlone: Bool, into buffer: inout Buffer, _ context: RenderContext) {
        let canTurn = Parameter.dimension.refusal(in: context.state.settings, snapshot: context.snapshot) == nil
        let sentences =
            (isAlone && canTurn ? ["Turn d: the curve of each d stays."] : []) + [
                "A point is the median of \(SweepSnapshot.stepsPerPoint) decode steps, one after another: the caches are warm. Its bar reaches from the 10th to the 90th percentile.",
                "Lines are powers of n fitted from 4k on. The guides n and n^0.8 begin where HSR's line does: naive reads every key, the paper promises n^0.8.",
                "Only the naive of the present settings is drawn.",
            ]
        buffer.put(paragraphs: sentences, in: rect, gap: 1, style: context.style(.muted))
    }

    private static func padded(_ figures: [String]) -> String {
        zip(figures, [7, 6, 7]).map { text, width in
            String(repeating: " ", count: max(0, width - text.count)) + text
        }.joined(separator: " ")
    }

    /// The exponent, the n from which HSR is ahead, and the ratio at the largest n.
    private static func figures(_ curve: SweepCurve) -> [String] {
        guard let last = curve.points.last, last.hsr.median > 0 else { return ["", "", "–"] }
        return [
            curve.claimedPower.map { Text.power($0.exponent) } ?? "",
            curve.crossover.map(Format.binary) ?? (curve.isComplete ? "never" : "–"),
            Text.ratio(last.naive.median / last.hsr.median) + "×",
        ]
    }
}
