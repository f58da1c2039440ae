import Screen

/// Lets one panel stand out by taking the light off the others.
struct Highlight {
    /// The highlighted panel of the view; nil where all are alike.
    static func panel(_ state: DashboardState) -> Int? {
        guard let player = state.demo, !player.isLive, state.view == player.caption.look.view else { return nil }
        return player.caption.look.highlight
    }

    func dim(_ rect: Rect, in buffer: inout Buffer, _ context: RenderContext) {
        let ground = context.theme[.background]
        // Light swallows ink sooner than darkness swallows light.
        let isLight = context.theme.kind == .light
        let share = isLight ? 0.3 : 0.5
        // The palette of 256 has few dark colours and many greys.
        let isGrey = context.depth == .palette256 && !isLight
        buffer.restyle(rect) { style in
            guard context.depth > .eight else {
                style.attributes.insert(.dim)
                style.attributes.remove(.bold)
                return
            }
            style.foreground = Self.faint(style.foreground, ground, share, isGrey)
            style.background = Self.faint(style.background, ground, share, isGrey)
        }
    }

    private static func faint(_ colour: Colour, _ ground: Colour, _ share: Double, _ isGrey: Bool) -> Colour {
        guard let (red, green, blue) = colour.mixed(with: ground, share).components, !colour.isDefault else {
            return colour
        }
        guard isGrey, colour != ground else { return .rgb(red, green, blue) }
        let luma = 0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)
        let grey = UInt8(luma)
        return .rgb(grey, grey, grey)
    }
}
