#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A colour in Oklab (Ottosson 2020), where equal distances look about equally far apart; `lightness` is 0…1.
public struct Oklab: Sendable, Equatable {
    public var lightness, a, b: Double

    public init(lightness: Double, a: Double, b: Double) {
        self.lightness = lightness
        self.a = a
        self.b = b
    }

    /// nil for the terminal's default colour, which nobody knows.
    public init?(_ colour: Colour) {
        guard let (red, green, blue) = colour.components else { return nil }
        let (r, g, b) = (linear(red), linear(green), linear(blue))
        let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
        let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
        let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
        lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
        a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
        self.b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    }

    /// The nearest 24-bit colour; what lies outside of sRGB is clipped.
    public var colour: Colour {
        let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
        let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
        let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
        return .rgb(
            encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s))
    }

    /// The point `t` of the way to `other`.
    public func mixed(with other: Oklab, _ t: Double) -> Oklab {
        Oklab(
            lightness: lightness + t * (other.lightness - lightness), a: a + t * (other.a - a), b: b + t * (other.b - b)
        )
    }

    /// The squared distance to `other`.
    public func squaredDistance(to other: Oklab) -> Double {
        let (l, x, y) = (lightness - other.lightness, a - other.a, b - other.b)
        return l * l + x * x + y * y
    }
}

extension Colour {
    /// The relative luminance of WCAG 2, 0…1; nil for the default colour.
    public var luminance: Double? {
        guard let (red, green, blue) = components else { return nil }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// The contrast ratio of WCAG 2, 1…21; nil where either colour is the default.
    public func contrast(with other: Colour) -> Double? {
        guard let mine = luminance, let theirs = other.luminance else { return nil }
        return (max(mine, theirs) + 0.05) / (min(mine, theirs) + 0.05)
    }

    /// The colour `t` of the way to `other`, through Oklab; the default colour does not mix.
    public func mixed(with other: Colour, _ t: Double) -> Colour {
        guard let mine = Oklab(self), let theirs = Oklab(other) else { return t < 0.5 ? self : other }
        return mine.mixed(with: theirs, t).colour
    }
}

private func cube(_ x: Double) -> Double { x * x * x }

private func linear(_ channel: UInt8) -> Double {
    let x = Double(channel) / 255
    return x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4)
}

private func encoded(_ x: Double) -> UInt8 {
    let y = x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055
    return UInt8((min(max(y, 0), 1) * 255).rounded())
}
