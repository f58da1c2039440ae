import Screen
import Simulation

/// The one number of a caption in digits for the back row: the first figure on which it rests, as the screen has it now.
struct CaptionNumber {
    let digits: BigText
    /// What is counted: below the digits, or left of them where the band is too low for that.
    let label: String
    private let isBeside: Bool

    /// Figures whose names say less, or more, than the number: 1.0 times is not faster.
    private static let labels = ["n": "keys", "faster": "speed-up"]

    /// Columns beside the digits.
    private static let gap = 3

    /// The largest digits that leave the words their room; nil where there are none, or the figure has no value.
    init?(_ player: DemoPlayer, words: String, in rect: Rect, _ context: RenderContext) {
        guard !player.isLive, let name = player.caption.claims.first?.figures.first,
            let figure = context.state.view.figure(name)?.figure, let value = figure.value(context.snapshot)
        else { return nil }
        let text = figure.short(value).replacingOccurrences(of: "\u{202F}", with: " ")
        let label = Self.labels[name] ?? name.replacingOccurrences(of: "_", with: " ")
        let isBeside = rect.height < 5
        let height = rect.height - (isBeside ? 0 : 1)
        guard BigText.Face.allCases.allSatisfy({ $0.hasShapes(for: text) }) else { return nil }
        for width in stride(from: rect.width / 3, to: 7, by: -4) {
            guard let digits = BigText.fitting(text, width: width, height: height, glyphs: context.glyphs.level) else {
                return nil
            }
            let number = CaptionNumber(digits, label, isBeside: isBeside)
            if words.wrapped(to: min(rect.width - number.width, CaptionBand.widest)).count <= rect.height {
                self = number
                return
            }
        }
        return nil
    }

    private init(_ digits: BigText, _ label: String, isBeside: Bool) {
        (self.digits, self.label, self.isBeside) = (digits, label, isBeside)
    }

    /// Columns at the right that it takes.
    var width: Int { (isBeside ? digits.width + 1 + label.count : max(digits.width, label.count)) + Self.gap }

    func draw(into buffer: inout Buffer, rect: Rect, ground: Colour, _ context: RenderContext) {
        let height = digits.height(context.glyphs.level) + (isBeside ? 0 : 1)
        let top = rect.y + max(0, (rect.height - height) / 2)
        digits.draw(
            into: &buffer, x: rect.right - digits.width, y: top, style: context.style(.accent, .bold).on(ground),
            glyphs: context.glyphs)
        let room = rect.width - (isBeside ? digits.width + 1 : 0)
        buffer.put(
            label, in: Rect(x: rect.x, y: top + height - 1, width: room, height: 1), align: .trailing,
            style: context.style(.muted).on(ground))
    }
}
