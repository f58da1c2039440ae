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
        let plain = Glyph(first)
        let rest = scalars.dropFirst().prefix { DisplayWidth.of($0) == 0 && $0.value != 0x200D }
            .filter {
                $0.value <= 0xFFFF && !(0xFE00...0xFE0F).contains($0.value)
                    && $0.properties.canonicalCombiningClass.rawValue > 0
            }
            .map { UInt16($0.value) }
        guard plain != .space, !rest.isEmpty else {
            self = plain
            return
        }
        self.init(base: plain.base, marks: (rest[0], rest.count > 1 ? rest[1] : 0))
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
