/// How far a terminal's font and character set reach; each level contains the ones below.
public enum GlyphLevel: Int, Sendable, CaseIterable, Comparable {
    /// Seven-bit characters alone.
    case ascii
    /// Line drawing and block elements, but no braille: some fonts draw its empty dots.
    case block
    /// Everything that the program draws.
    case braille

    public static func < (a: GlyphLevel, b: GlyphLevel) -> Bool { a.rawValue < b.rawValue }

    /// The name that the command line uses.
    public var name: String {
        switch self {
        case .ascii: "ascii"
        case .block: "block"
        case .braille: "braille"
        }
    }

    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }
}

/// Every glyph that the program draws, by level. All of them stand in this file.
///
/// Font risks: braille and the eighths U+258x are missing from some console fonts (TERM=linux has half blocks and shades at
/// best); light lines and arrows are in nearly every font.
public struct GlyphSet: Sendable, Equatable {
    public let level: GlyphLevel
    public let line: Line
    /// Rising parts of a cell filled from the left, the full block last.
    public let fromLeft: [Glyph]
    /// Rising parts of a cell filled from below, the full block last.
    public let fromBelow: [Glyph]
    /// Rising densities, from blank to full.
    public let shades: [Glyph]
    /// Upper and lower half; nil where there is no half block.
    public let halves: (upper: Glyph, lower: Glyph)?
    public let full: Glyph
    public let ellipsis, bullet, dot, cross, check: Glyph
    public let left, right, up, down: Glyph
    public let play, pause, marker: Glyph
    /// A dashed vertical line: a mark at a moment of a plot.
    public let mark: Glyph
    public let dash: Glyph
    /// Points of plots, one shape a series, and the same shapes hollow for points of less worth.
    public let points, hollowPoints: [Glyph]

    /// The pieces of frames and axes.
    public struct Line: Sendable, Equatable {
        public let horizontal, vertical: Glyph
        public let topLeft, topRight, bottomLeft, bottomRight: Glyph
        public let teeLeft, teeRight, teeUp, teeDown, cross: Glyph
    }

    public static let braille = GlyphSet(level: .braille, blocks: ())
    public static let block = GlyphSet(level: .block, blocks: ())
    public static let ascii = GlyphSet()

    public static func of(_ level: GlyphLevel) -> GlyphSet {
        switch level {
        case .ascii: .ascii
        case .block: .block
        case .braille: .braille
        }
    }

    public static func == (a: GlyphSet, b: GlyphSet) -> Bool { a.level == b.level }

    private init(level: GlyphLevel, blocks: Void) {
        self.level = level
        line = Line(
            horizontal: "─", vertical: "│", topLeft: "┌", topRight: "┐", bottomLeft: "└", bottomRight: "┘",
            teeLeft: "├", teeRight: "┤", teeUp: "┴", teeDown: "┬", cross: "┼")
        fromLeft = ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
        fromBelow = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        shades = [" ", "░", "▒", "▓", "█"]
        halves = ("▀", "▄")
        full = "█"
        (ellipsis, bullet, dot, cross, check) = ("…", "•", "·", "×", "✓")
        (left, right, up, down) = ("←", "→", "↑", "↓")
        (play, pause, marker) = ("▶", "‖", "▸")
        (mark, dash) = ("┊", "—")
        points = ["●", "▲", "■", "◆", "▼", "★"]
        hollowPoints = ["○", "△", "□", "◇", "▽", "☆"]
    }

    private init() {
        level = .ascii
        line = Line(
            horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+",
            teeLeft: "+", teeRight: "+", teeUp: "+", teeDown: "+", cross: "+")
        fromLeft = ["-", "#"]
        fromBelow = ["_", ".", "-", "+", "#"]
        shades = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]
        halves = nil
        full = "#"
        (ellipsis, bullet, dot, cross, check) = ("~", "*", ".", "x", "v")
        (left, right, up, down) = ("<", ">", "^", "v")
        (play, pause, marker) = (">", "=", ">")
        (mark, dash) = (":", "-")
        points = ["O", "A", "#", "X", "V", "*"]
        hollowPoints = ["o", "a", "=", "x", "v", "+"]
    }
}

extension GlyphSet {
    /// The 16 fillings of a cell by quarters: bit 0 upper left, 1 upper right, 2 lower left, 3 lower right.
    static let quarters: [Glyph] = [
        " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
    ]

    /// The braille bit of a dot in column 0…1 and row 0…3 of a cell, added to U+2800.
    static let brailleBits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

    /// Dots in ASCII: bit 0 the upper half, bit 1 the lower half.
    static let asciiDots: [Glyph] = [" ", "'", ".", ":"]
}

extension Glyph {
    /// The braille pattern of eight dots: bit `row * 2 + column`, from the upper left.
    public static func braille(_ dots: UInt8) -> Glyph {
        var code: UInt32 = 0x2800
        for row in 0..<4 {
            for column in 0..<2 where dots & 1 << UInt8(row * 2 + column) != 0 {
                code += GlyphSet.brailleBits[row][column]
            }
        }
        return Unicode.Scalar(code).map { Glyph($0) } ?? .space
    }

    /// What stands for this glyph where only seven-bit characters can be shown; itself where it is one.
    public var ascii: Glyph {
        if base < 0x80 { return marks == (0, 0) ? self : Unicode.Scalar(base).map { Glyph($0) } ?? "?" }
        switch base {
        case 0x2800: return " "
        case 0x2801...0x28FF: return ":"
        case 0x2500, 0x2501, 0x2013, 0x2014, 0x2212, 0x2504, 0x2508: return "-"
        case 0x2502, 0x2503, 0x2016, 0x250A, 0x2506: return "|"
        case 0x250C...0x254B: return "+"
        case 0x2591: return "."
        case 0x2592: return ":"
        case 0x2593...0x259F, 0x2580...0x2590, 0x25A0...0x25AE: return "#"
        case 0x00A0, 0x2002...0x200A, 0x202F, 0x205F, 0x3000: return " "
        default:
            let plain = Self.plain[base]
            return plain ?? "?"
        }
    }

    private static let plain: [UInt32: Glyph] = {
        let pairs: [(Unicode.Scalar, Glyph)] = [
            ("α", "a"), ("β", "b"), ("γ", "g"), ("δ", "d"), ("Δ", "D"), ("λ", "l"), ("μ", "u"), ("µ", "u"), ("π", "p"),
            ("σ", "s"), ("Σ", "S"), ("τ", "t"), ("θ", "t"), ("ε", "e"), ("·", "."), ("•", "*"), ("×", "x"), ("÷", "/"),
            ("…", "~"), ("←", "<"), ("→", ">"), ("↑", "^"), ("↓", "v"), ("↔", "-"), ("▶", ">"), ("▸", ">"), ("◀", "<"),
            ("▲", "^"), ("▼", "v"), ("●", "o"), ("○", "o"), ("✓", "v"), ("✗", "x"), ("√", "V"), ("∞", "8"), ("±", "+"),
            ("≈", "~"), ("≤", "<"), ("≥", ">"), ("≠", "#"), ("∈", "e"), ("°", "o"), ("¹", "1"), ("²", "2"), ("³", "3"),
            ("⁰", "0"), ("⁴", "4"), ("⁵", "5"), ("⁶", "6"), ("⁷", "7"), ("⁸", "8"), ("⁹", "9"), ("⁻", "-"), ("₁", "1"),
            ("₂", "2"), ("‘", "'"), ("’", "'"), ("“", "\""), ("”", "\""), ("‹", "<"), ("›", ">"), ("∥", "|"),
            ("⁺", "+"), ("△", "a"), ("◆", "X"), ("◇", "x"), ("■", "#"), ("□", "="), ("▽", "v"), ("★", "*"), ("☆", "+"),
            ("é", "e"), ("è", "e"), ("ê", "e"), ("ä", "a"), ("ö", "o"), ("ü", "u"), ("á", "a"), ("ó", "o"), ("í", "i"),
            ("š", "s"), ("č", "c"), ("ñ", "n"), ("ç", "c"), ("ß", "s"),
        ]
        return Dictionary(pairs.map { ($0.0.value, $0.1) }, uniquingKeysWith: { first, _ in first })
    }()
}
