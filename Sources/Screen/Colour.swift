/// A colour of a cell: the terminal's own default, or 24 bits of red, green and blue.
public struct Colour: Sendable, Hashable {
    /// 0x00RRGGBB, or ``defaultBits``.
    let bits: UInt32

    private static let defaultBits: UInt32 = 0xFF00_0000

    /// Whatever the terminal paints with when nobody asks for a colour.
    public static let `default` = Colour(bits: defaultBits)

    public static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Colour {
        Colour(bits: UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
    }

    /// The colour `0xRRGGBB`; higher bits are dropped.
    public init(_ hex: UInt32) {
        bits = hex & 0xFF_FFFF
    }

    private init(bits: UInt32) {
        self.bits = bits
    }

    /// Reads `#rrggbb`; nil where the text is anything else.
    public init?(hex text: String) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "#"), digits.count == 6,
            digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(text.dropFirst()), radix: 16)
        else { return nil }
        self.init(value)
    }

    public var isDefault: Bool { bits == Self.defaultBits }

    /// Red, green and blue, or nil for the default colour.
    public var components: (red: UInt8, green: UInt8, blue: UInt8)? {
        isDefault ? nil : (UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255))
    }

    /// `#rrggbb`, or `default`.
    public var hex: String {
        guard !isDefault else { return "default" }
        let digits = String(bits, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}

extension Colour: CustomStringConvertible {
    public var description: String { hex }
}
