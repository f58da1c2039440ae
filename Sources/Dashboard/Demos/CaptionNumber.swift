import Screen
import Simulation

/// The one number of a caption in digits for the back row: the first figure on which it rests, as the screen has it now.
struct CaptionNumber {
    let digits: BigText
    let label: String

    /// Columns beside the digits.
    private static let gap = 3

    /// The largest digits that leave the words their room; nil where there are none, or the figure has no value.
    init?(_ player: DemoPlayer, words: String, in rect: Rect, _ context: RenderContext) {
        guard !player.isLive, let name = player.caption.claims.first?.figures.first,
            let figure = context.state.view.figure(name)?.figure, let value = figure.value(context.snapshot)
        else { return nil }
        let text = figure.short(value).replacingOccurrences(of: "\u{202F}", with: " ")
        let hasLabel = rect.height >= 5
        let height = rect.height - (hasLabel ? 1 : 0)
        guard BigText.Face.allCases.allSatisfy({ $0.hasShapes(for: text) }) else { return nil }
        for width in stride(from: rect.width / 3, to: 7, by: -4) {
            guard let digits = BigText.fitting(text, width: width, height: height, glyphs: context.glyphs.level) else {
                return nil
            }
            let room = rect.width - digits.width - Self.gap
            if words.wrapped(to: min(room, CaptionBand.widest)).count <= rect.height {
                self.digits = digits
                label = hasLabel ? (name == "n" ? "keys" : name.replacingOccurrences(of: "_", with: " ")) : ""
                return
            }
        }
        return nil
    }

    /// Columns at the right that it takes.
    var width: Int { max(digits.width, label.count) + Self.gap }

    func draw(into buffer: inout Buffer, rect: Rect, ground: Colour, _ context: RenderContext) {
        let height = digits.height(context.glyphs.level) + (label.isEmpty ? 0 : 1)
        let top = rect.y + max(0, (rect.height - height) / 2)
        digits.draw(
            into: &buffer, x: rect.right - digits.width, y: top, style: context.style(.accent, .bold).on(ground),
            glyphs: context.glyphs)
        guard !label.isEmpty else { return }
        buffer.put(
            label, in: Rect(x: rect.x, y: top + height - 1, width: rect.width, height: 1), align: .trailing,
            style: context.style(.muted).on(ground))
    }
}
