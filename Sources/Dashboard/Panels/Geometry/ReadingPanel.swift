import Screen
import Simulation

/// How to read the picture, in a few sentences for the present d and index.
struct ReadingPanel: Panel {
    let title = "how to read it"

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        var sentences = Self.sentences(context)
        if sentences[0].wrapped(to: rect.width).count > rect.height { sentences = [Self.brief] }
        buffer.put(paragraphs: sentences, in: rect, gap: rect.height >= 16 ? 1 : 0, style: context.style(.muted))
    }

    /// Where there is room for nothing else.
    private static let brief = "Right of the line stand the keys that are attended."

    static func sentences(_ context: RenderContext) -> [String] {
        let snapshot = context.snapshot
        let kind = snapshot.statistics?.kind
        var sentences = [
            "Across: how far a key lies along the query q. Right of the line its score is at least b: these keys are attended, all others are not."
        ]
        switch snapshot.d {
        case 1: sentences.append("At d = 1 there is nothing up: keys are spread to show how many there are.")
        case 2:
            sentences.append("Up: the other direction; at d = 2 this is the whole space.")
            if let frame = snapshot.geometry, !frame.cells.isEmpty, let outlines = kind?.description.outlines {
                sentences.append(outlines)
            }
        case 3:
            sentences.append("Up: a direction that turns slowly about the query, so that the third dimension shows.")
        default:
            sentences.append("Up: of the \(snapshot.d - 1) other directions the one in which the keys spread most.")
        }
        sentences.append("The thread that ends at q: where the last queries pointed.")
        if let reading = kind?.description.reading { sentences.append(reading) }
        sentences.append(
            "Turn b, or drag the line: it moves. Turn d: in more dimensions fewer keys can be dropped unseen.")
        return sentences
    }
}
