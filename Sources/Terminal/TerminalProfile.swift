import Screen

/// What a terminal can show, decided from its type, the environment and the user's wishes.
public struct TerminalProfile: Sendable, Equatable {
    public var depth: ColourDepth
    public var glyphs: GlyphLevel
    /// Whether to bracket frames as synchronised updates (DEC private mode 2026).
    public var synchronised: Bool
    /// Whether to ask the terminal for its background colour.
    public var answersQueries: Bool
    /// Whether it may have a clipboard that a program can write to (OSC 52): a console has none.
    public var takesClipboard: Bool

    /// - Parameters:
    ///   - type: the value of `TERM`.
    ///   - colours: the number of colours in the terminfo entry.
    ///   - isUTF8: whether the locale's characters are UTF-8.
    ///   - colour: a depth asked for by the user, which is taken as it is.
    ///   - glyphs: a level asked for by the user, which is taken as far as the characters reach.
    public init(
        type: String, colours: Int, isUTF8: Bool, environment: [String: String], colour: ColourDepth? = nil,
        glyphs: GlyphLevel? = nil
    ) {
        let family = type.split(separator: "-").first.map { String($0) } ?? type
        let isOld = family.hasPrefix("vt") || ["linux", "ansi", "cons25", "dumb", "sun"].contains(family)
        depth = colour ?? Self.depth(type, family, colours, environment)
        let reach: GlyphLevel = isUTF8 ? .braille : .ascii
        let usual: GlyphLevel =
            switch family {
            case "linux", "cons25": .block
            case _ where isOld: .ascii
            default: .braille
            }
        self.glyphs = min(reach, glyphs ?? usual)
        synchronised = !isOld
        answersQueries = !isOld
        takesClipboard = !isOld
    }

    private static func depth(
        _ type: String, _ family: String, _ colours: Int, _ environment: [String: String]
    ) -> ColourDepth {
        // https://no-color.org: set and not empty.
        if let wish = environment["NO_COLOR"], !wish.isEmpty { return .none }
        guard colours >= 8 else { return .none }
        if colours >= 1 << 24 || type.hasSuffix("-direct") { return .trueColour }
        let said = environment["COLORTERM"].map { $0.lowercased() } ?? ""
        // GNU screen inherits the variable and garbles the sequences; tmux under the same name translates them.
        let isGNUScreen = family.hasPrefix("screen") && environment["TMUX"] == nil
        if ["truecolor", "24bit"].contains(said) && family != "linux" && !isGNUScreen { return .trueColour }
        return colours >= 256 ? .palette256 : .eight
    }
}
