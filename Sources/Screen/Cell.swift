/// One cell of the screen: a glyph and its style.
public struct Cell: Sendable, Hashable {
    public var glyph: Glyph
    public var style: Style

    /// A space in the terminal's own colours.
    public static let blank = Cell(.space)

    public init(_ glyph: Glyph, _ style: Style = .plain) {
        self.glyph = glyph
        self.style = style
    }
}
