import CNcurses
import Screen

/// Translates the cells of a buffer into those of ncurses: colours down the ladder, pairs, glyphs that can be shown.
struct CellTable {
    let depth: ColourDepth
    let glyphs: GlyphLevel

    private var templates: [Style: cchar_t] = [:]
    private var indices: [Colour: Int32] = [:]
    private var lastStyle: Style?
    private var lastTemplate = cchar_t()
    private var widths: [UInt32: Bool] = [:]
    /// ncurses ran out of pairs: the caller clears the screen and starts again.
    private(set) var isExhausted = false

    init(depth: ColourDepth, glyphs: GlyphLevel) {
        self.depth = depth
        self.glyphs = glyphs
    }

    /// Forgets all pairs.
    mutating func reset() {
        templates = [:]
        indices = [:]
        lastStyle = nil
        isExhausted = false
        if depth != .none { reset_color_pairs() }
    }

    mutating func cell(_ cell: Cell) -> cchar_t {
        if cell.style != lastStyle {
            lastTemplate = template(cell.style)
            lastStyle = cell.style
        }
        var out = lastTemplate
        let glyph = shown(cell.glyph)
        out.chars.0 = wchar_t(bitPattern: glyph.base)
        out.chars.1 = wchar_t(glyph.marks.0)
        out.chars.2 = glyph.marks.0 == 0 ? 0 : wchar_t(glyph.marks.1)
        return out
    }

    /// The glyph, or what stands for it where it cannot be shown or ncurses would give it another width.
    private mutating func shown(_ glyph: Glyph) -> Glyph {
        if glyph.base < 0x80 { return glyph.base == 0 ? .space : glyph }
        guard glyphs > .ascii else { return glyph.width == 1 ? glyph.ascii : "?" }
        if let agrees = widths[glyph.base] { return agrees ? glyph : "?" }
        let agrees = Int(hs_wcwidth(wchar_t(bitPattern: glyph.base))) == glyph.width
        widths[glyph.base] = agrees
        return agrees ? glyph : "?"
    }

    private mutating func template(_ style: Style) -> cchar_t {
        if let known = templates[style] { return known }
        var attributes: attr_t = 0
        if style.attributes.contains(.bold) { attributes |= hs_bold() }
        if style.attributes.contains(.dim) { attributes |= hs_dim() }
        if style.attributes.contains(.reverse) { attributes |= hs_reverse() }
        if style.attributes.contains(.underline) { attributes |= hs_underline() }
        var pair: Int32 = 0
        if depth != .none {
            var foreground = index(style.foreground)
            let background = index(style.background)
            if foreground == background && style.foreground != style.background && foreground >= 0 {
                // Two colours fell onto one: text must not vanish.
                if depth == .eight {
                    foreground = background == 0 ? 7 : 0
                    if background == 0 { attributes |= hs_dim() }
                } else {
                    foreground = Self.apart(from: style.background, for: style.foreground) ?? foreground
                }
            }
            if foreground >= 0 || background >= 0 {
                pair = alloc_pair(foreground, background)
                if pair < 0 || pair >= hs_pairs() {
                    isExhausted = pair < 0 || depth > .eight
                    pair = 0
                }
            }
        }
        let cell = hs_cell(0x20, attributes, pair)
        templates[style] = cell
        return cell
    }

    /// The number of a colour at this depth; -1 for the default.
    private mutating func index(_ colour: Colour) -> Int32 {
        if let known = indices[colour] { return known }
        let number: Int
        switch depth {
        case .none: number = -1
        case .eight: number = BasicPalette.nearest(to: colour) ?? -1
        case .palette256: number = XtermPalette.nearest(to: colour) ?? -1
        case .trueColour:
            number = colour.components.map { Int($0.red) << 16 | Int($0.green) << 8 | Int($0.blue) } ?? -1
        }
        indices[colour] = Int32(number)
        return Int32(number)
    }

    /// The palette's grey one step away from a background, on the side of the colour that was asked for.
    private static func apart(from ground: Colour, for colour: Colour) -> Int32? {
        guard let dark = Oklab(ground)?.lightness, let light = Oklab(colour)?.lightness else { return nil }
        let wanted = light >= dark ? min(dark + 0.12, 1) : max(dark - 0.12, 0)
        return XtermPalette.nearest(to: Oklab(lightness: wanted, a: 0, b: 0).colour).map { Int32($0) }
    }
}
