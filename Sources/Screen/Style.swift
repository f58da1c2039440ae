/// How a cell is painted: foreground, background and attributes.
public struct Style: Sendable, Hashable {
    public var foreground: Colour
    public var background: Colour
    public var attributes: Attributes

    /// The terminal's own colours, no attribute.
    public static let plain = Style()

    public init(_ foreground: Colour = .default, on background: Colour = .default, _ attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    public struct Attributes: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        public static let bold = Attributes(rawValue: 1)
        public static let dim = Attributes(rawValue: 2)
        public static let reverse = Attributes(rawValue: 4)
        public static let underline = Attributes(rawValue: 8)
    }

    public var bold: Style { with(.bold) }
    public var dim: Style { with(.dim) }
    public var reverse: Style { with(.reverse) }
    public var underline: Style { with(.underline) }

    /// The same colours with `more` attributes.
    public func with(_ more: Attributes) -> Style {
        Style(foreground, on: background, attributes.union(more))
    }

    /// The same style on another background.
    public func on(_ background: Colour) -> Style {
        Style(foreground, on: background, attributes)
    }
}
