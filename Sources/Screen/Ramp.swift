/// Colours from low to high through 2 to 5 stops, mixed in Oklab.
public struct Ramp: Sendable, Equatable {
    public let stops: [Colour]

    /// nil unless there are 2 to 5 stops and none is the default colour.
    public init?(_ stops: [Colour]) {
        guard (2...5).contains(stops.count), !stops.contains(where: \.isDefault) else { return nil }
        self.stops = stops
    }

    /// Grey from black to white.
    public static let grey = Ramp(from: Colour(0x000000), to: Colour(0xFFFFFF))

    private init(from: Colour, to: Colour) {
        stops = [from, to]
    }

    /// Whether every stop is lighter than the one before: the eye then reads order without knowing the colours.
    public var isRising: Bool {
        let lightness = stops.compactMap { Oklab($0)?.lightness }
        return zip(lightness, lightness.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// The colour at `t`, held to 0…1.
    public func colour(at t: Double) -> Colour {
        let position = min(max(t.isNaN ? 0 : t, 0), 1) * Double(stops.count - 1)
        let below = min(Int(position), stops.count - 2)
        return stops[below].mixed(with: stops[below + 1], position - Double(below))
    }

    /// `count` colours (at least 2) at even distances from the first stop to the last, at what `depth` can show.
    ///
    /// With 256 colours they are entries of the palette, chosen together so that their lightness still rises.
    public func quantised(_ count: Int, depth: ColourDepth = .trueColour) -> [Colour] {
        let count = max(2, count)
        let exact = (0..<count).map { colour(at: Double($0) / Double(count - 1)) }
        guard depth == .palette256 else { return exact }
        return XtermPalette.monotone(exact).compactMap { XtermPalette.colour($0) }
    }
}
