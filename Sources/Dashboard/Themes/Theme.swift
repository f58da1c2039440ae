import Screen

/// The colours of the screen by what they mean; panels name meanings and never colours.
public struct Theme: Sendable, Equatable {
    public var name: String
    public var kind: Kind
    public var roles: [Role: Colour]
    public var series: [Series: Colour]
    /// The stops of each ramp, from nothing to most, rising in lightness.
    public var ramps: [RampName: [Colour]]
    /// What stands for them on a terminal with 256 or 8 colours, where it was chosen by hand.
    public var overrides: [ColourDepth: Override] = [:]

    /// Colours chosen by hand for a palette.
    public struct Override: Sendable, Equatable {
        public var roles: [Role: Colour] = [:]
        public var series: [Series: Colour] = [:]
        /// Every level of a ramp, from nothing to most.
        public var ramps: [RampName: [Colour]] = [:]

        public init() {}
    }

    /// No colour at all: the terminal's own; what is left where no theme can be read.
    public static let plain = Theme(name: "plain", kind: .mono, roles: [:], series: [:], ramps: [:])

    public enum Kind: String, Sendable, CaseIterable {
        case dark, light, mono
    }

    /// What the colour of a part of the screen says.
    public enum Role: String, Sendable, CaseIterable {
        case background, text, muted, accent, border, focus, good, warn, error, badge
    }

    /// What is drawn in the plots.
    public enum Series: String, Sendable, CaseIterable {
        case hsr, naive, reported, tested, pruned, whole, bound
    }

    /// Ramps from nothing to most: the heat of the attention, the density of the keys.
    public enum RampName: String, Sendable, CaseIterable {
        case heat, density
    }

    /// The colour of a role; the loader has seen to it that there is one.
    public subscript(role: Role) -> Colour { roles[role] ?? .default }
    public subscript(series: Series) -> Colour { self.series[series] ?? .default }
    public subscript(ramp: RampName) -> [Colour] { ramps[ramp] ?? [] }

    /// A role on the theme's background.
    public func style(_ role: Role, _ attributes: Style.Attributes = []) -> Style {
        Style(self[role], on: self[.background], attributes)
    }

    /// A series on the theme's background.
    public func style(_ series: Series, _ attributes: Style.Attributes = []) -> Style {
        Style(self[series], on: self[.background], attributes)
    }

    /// The theme as a terminal with so many colours is to show it.
    public func adapted(to depth: ColourDepth) -> Theme {
        guard let override = overrides[depth] else { return self }
        var theme = self
        theme.roles.merge(override.roles) { $1 }
        theme.series.merge(override.series) { $1 }
        return theme
    }

    /// The levels of a ramp that were chosen by hand for a palette, if they were.
    public func levels(of ramp: RampName, depth: ColourDepth) -> [Colour]? { overrides[depth]?.ramps[ramp] }
}
