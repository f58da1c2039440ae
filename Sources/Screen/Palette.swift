/// What a ``PixelCanvas`` paints with: numbered inks, each a colour and a whole cell that stands for it where pixels are cells.
public struct Palette: Sendable, Equatable {
    public struct Ink: Sendable, Equatable {
        public var colour: Colour
        public var cell: Cell

        public init(colour: Colour, cell: Cell) {
            self.colour = colour
            self.cell = cell
        }
    }

    /// At most 256.
    public private(set) var inks: [Ink]
    public let glyphs: GlyphLevel
    /// Pixels from top to bottom of a cell: 2 with half blocks in 256 colours or more, else 1.
    public let rowsPerCell: Int

    /// Pixels from top to bottom of a cell on such a terminal.
    public static func rowsPerCell(depth: ColourDepth, glyphs: GlyphLevel) -> Int {
        depth >= .palette256 && glyphs >= .block ? 2 : 1
    }

    /// `levels` inks (2…256) from the ramp's first colour to its last.
    ///
    /// With eight colours a level is a shade of one over the one before; without colour, a shade alone. Only the lowest level
    /// is blank: what is little must not look like nothing.
    public init(ramp: Ramp, levels: Int, depth: ColourDepth, glyphs: GlyphLevel, background: Colour = .default) {
        let count = min(max(levels, 2), 256)
        let colours = ramp.quantised(count, depth: depth)
        self.glyphs = glyphs
        rowsPerCell = Self.rowsPerCell(depth: depth, glyphs: glyphs)
        let shades = GlyphSet.of(glyphs).shades
        switch depth {
        case .trueColour, .palette256:
            inks = colours.map { Ink(colour: $0, cell: Cell(.space, Style(on: $0))) }
        case .eight:
            let anchors = Self.anchors(of: ramp)
            inks = colours.enumerated().map { level, colour in
                let position = Double(level) / Double(count - 1) * Double(anchors.count - 1)
                let below = min(Int(position), anchors.count - 2)
                let exact = Int(((position - Double(below)) * Double(shades.count - 1)).rounded())
                let shade = below == 0 && level > 0 ? max(1, exact) : exact
                let style = Style(anchors[below + 1], on: anchors[below])
                return Ink(colour: colour, cell: Cell(shades[shade], style))
            }
        case .none:
            inks = colours.enumerated().map { level, colour in
                let exact = Int((Double(level * (shades.count - 1)) / Double(count - 1)).rounded())
                let shade = level > 0 ? max(1, exact) : 0
                return Ink(colour: colour, cell: Cell(shades[shade], Style(on: background)))
            }
        }
    }

    /// A palette of single colours; where pixels are cells, each is drawn with its glyph.
    public init(
        _ colours: [(colour: Colour, glyph: Glyph)], depth: ColourDepth, glyphs: GlyphLevel,
        background: Colour = .default
    ) {
        self.glyphs = glyphs
        rowsPerCell = Self.rowsPerCell(depth: depth, glyphs: glyphs)
        inks = colours.prefix(256).map { colour, glyph in
            Ink(colour: colour, cell: Cell(glyph, Style(colour, on: background)))
        }
    }

    /// Adds an ink and returns its number, or nil when all 256 are taken.
    public mutating func add(_ colour: Colour, glyph: Glyph, background: Colour = .default) -> UInt8? {
        guard inks.count < 256 else { return nil }
        inks.append(Ink(colour: colour, cell: Cell(glyph, Style(colour, on: background))))
        return UInt8(inks.count - 1)
    }

    /// The ramp's ends and middle among the eight colours, each lighter than the one before.
    private static func anchors(of ramp: Ramp) -> [Colour] {
        let candidates = BasicPalette.colours.sorted { (Oklab($0)?.lightness ?? 0) < (Oklab($1)?.lightness ?? 0) }
        var anchors: [Colour] = []
        for t in [0, 0.4, 0.7, 1] {
            guard let index = BasicPalette.nearest(to: ramp.colour(at: t)) else { continue }
            let colour = BasicPalette.colours[index]
            let last = anchors.last.flatMap { candidates.firstIndex(of: $0) } ?? -1
            let falls = !ramp.isRising
            let place = candidates.firstIndex(of: colour) ?? 0
            if anchors.isEmpty || (falls ? place < last : place > last) { anchors.append(colour) }
        }
        if anchors.count < 2 {
            anchors = ramp.isRising ? [candidates[0], candidates[7]] : [candidates[7], candidates[0]]
        }
        return anchors
    }
}
