/// What a cell shows: one scalar with up to two combining marks, or the right half of a wide one.
///
/// It holds no heap storage, so that a screen of cells copies and compares as plain memory.
public struct Glyph: Sendable, Hashable {
    /// The base scalar; 0 in the right half of a wide glyph.
    public let base: UInt32
    /// Combining marks of the basic plane, 0 where there are none.
    public let marks: (UInt16, UInt16)

    public static let space = Glyph(base: 0x20)
    /// The right half of a wide glyph: the cell to its left shows it.
    public static let continuation = Glyph(base: 0)

    private init(base: UInt32, marks: (UInt16, UInt16) = (0, 0)) {
        self.base = base
        self.marks = marks
    }

    /// A scalar by itself; controls and lone marks become a blank.
    public init(_ scalar: Unicode.Scalar) {
        let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
        base = isControl || DisplayWidth.of(scalar) == 0 ? 0x20 : scalar.value
        marks = (0, 0)
    }

    /// A grapheme; of more than two marks the rest is dropped, and so are joined emoji after the first,
    /// since terminals do not agree on their width.
    public init(_ character: Character) {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else {
            self = .space
            return
        }
        var glyph = Glyph(first)
        for scalar in scalars.dropFirst() {
            guard DisplayWidth.of(scalar) == 0, scalar.value != 0x200D else { break }
            glyph = glyph.joined(by: scalar)
        }
        self = glyph
    }

    /// Every glyph of a grapheme. Scripts that join letters, as Devanagari does, have several letters in one: each has
    /// columns of its own in a terminal.
    static func glyphs(of character: Character) -> [Glyph] {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return [] }
        var glyphs = [Glyph(first)]
        for scalar in scalars.dropFirst() {
            if DisplayWidth.of(scalar) == 0 {
                glyphs[glyphs.count - 1] = glyphs[glyphs.count - 1].joined(by: scalar)
            } else if DisplayWidth.standsAlone(scalar) {
                glyphs.append(Glyph(scalar))
            }
        }
        return glyphs
    }

    /// The glyph with one more mark over it, if that is one that a cell can hold; else as it is.
    public func joined(by scalar: Unicode.Scalar) -> Glyph {
        guard base != 0x20, scalar.value <= 0xFFFF, !(0xFE00...0xFE0F).contains(scalar.value), marks.1 == 0,
            scalar.properties.generalCategory != .format
        else { return self }
        let mark = UInt16(scalar.value)
        return Glyph(base: base, marks: marks.0 == 0 ? (mark, 0) : (marks.0, mark))
    }

    public static func == (a: Glyph, b: Glyph) -> Bool {
        a.base == b.base && a.marks == b.marks
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(base)
        hasher.combine(marks.0)
        hasher.combine(marks.1)
    }

    public var isContinuation: Bool { base == 0 }

    /// The columns that it takes: 1 or 2; 0 for a continuation.
    public var width: Int {
        if base < 0x300 { return base == 0 ? 0 : 1 }
        return Unicode.Scalar(base).map { DisplayWidth.of($0) } ?? 1
    }

    /// The scalars in order; empty for a continuation.
    public var scalars: [Unicode.Scalar] {
        guard base != 0 else { return [] }
        return [base, UInt32(marks.0), UInt32(marks.1)].filter { $0 != 0 }.compactMap { Unicode.Scalar($0) }
    }

    /// The text of the glyph; empty for a continuation.
    public var text: String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }
}

extension Glyph: ExpressibleByExtendedGraphemeClusterLiteral {
    public init(extendedGraphemeClusterLiteral value: Character) {
        self.init(value)
    }
}

extension Glyph: CustomStringConvertible {
    public var description: String { text }
}
