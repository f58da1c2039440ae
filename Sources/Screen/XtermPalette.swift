/// The fixed part of the 256-colour palette: a 6×6×6 cube (16…231) and 24 greys (232…255).
///
/// The first sixteen belong to the user, who may have set them to anything, so nothing is mapped to them.
public enum XtermPalette {
    /// The colour of an index from 16 to 255; nil for the others.
    public static func colour(_ index: Int) -> Colour? {
        switch index {
        case 16...231:
            let cube = index - 16
            return .rgb(steps[cube / 36], steps[cube / 6 % 6], steps[cube % 6])
        case 232...255:
            let grey = UInt8(8 + 10 * (index - 232))
            return .rgb(grey, grey, grey)
        default: return nil
        }
    }

    /// The index from 16 to 255 that looks nearest; nil for the default colour.
    ///
    /// - Complexity: O(240) distances in Oklab: keep the answer.
    public static func nearest(to colour: Colour) -> Int? {
        guard let wanted = Oklab(colour) else { return nil }
        return entries.min { $0.lab.squaredDistance(to: wanted) < $1.lab.squaredDistance(to: wanted) }?.index
    }

    /// For each colour an index, such that the lightness of the indices never turns where that of the colours does not.
    ///
    /// The nearest colour of each by itself may be darker than the one before, and a ramp would lie. Of all monotone choices
    /// this is the one with the smallest sum of squared distances in Oklab, found by dynamic programming.
    public static func monotone(_ colours: [Colour]) -> [Int] {
        let wanted = colours.compactMap { Oklab($0) }
        guard wanted.count == colours.count, let first = wanted.first, let last = wanted.last else { return [] }
        let falls = last.lightness < first.lightness
        let rising = falls ? Array(wanted.reversed()) : wanted
        let order = entries.sorted { $0.lab.lightness < $1.lab.lightness }
        var cost = [Double](repeating: 0, count: order.count)
        var choices: [[Int]] = []
        for point in rising {
            var best = 0
            var choice = [Int](repeating: 0, count: order.count)
            var next = cost
            for candidate in order.indices {
                if cost[candidate] < cost[best] { best = candidate }
                choice[candidate] = best
                next[candidate] = cost[best] + order[candidate].lab.squaredDistance(to: point)
            }
            choices.append(choice)
            cost = next
        }
        var at = order.indices.min { cost[$0] < cost[$1] } ?? 0
        var chosen: [Int] = []
        for choice in choices.reversed() {
            chosen.append(order[at].index)
            at = choice[at]
        }
        return falls ? chosen : chosen.reversed()
    }

    private static let steps: [UInt8] = [0, 95, 135, 175, 215, 255]

    private static let entries: [(index: Int, lab: Oklab)] = (16...255).compactMap { index in
        colour(index).flatMap { Oklab($0) }.map { (index, $0) }
    }
}

/// The eight colours that every colour terminal has, at the values that most of them use.
public enum BasicPalette {
    /// The values of indices 0…7: black, red, green, yellow, blue, magenta, cyan, white.
    public static let colours: [Colour] = [
        .rgb(0, 0, 0), .rgb(205, 49, 49), .rgb(13, 188, 121), .rgb(229, 229, 16), .rgb(36, 114, 200),
        .rgb(188, 63, 188), .rgb(17, 168, 205), .rgb(229, 229, 229),
    ]

    /// The index from 0 to 7 that stands for a colour, greys by lightness and the rest by hue and lightness; nil for the default colour.
    ///
    /// Hue decides, not distance: a muted orange is nearest to grey, and a series that turns grey has lost its name.
    public static func nearest(to colour: Colour) -> Int? {
        guard let wanted = Oklab(colour) else { return nil }
        let chroma = (wanted.a * wanted.a + wanted.b * wanted.b).squareRoot()
        guard chroma > 0.04 else { return wanted.lightness < 0.42 ? 0 : 7 }
        guard wanted.lightness > 0.22 else { return 0 }
        return (1...6).max { likeness($0, wanted) < likeness($1, wanted) }
    }

    /// The cosine of the angle between the hues, less what they differ in lightness: that keeps a light orange from red,
    /// which stands badly beside green.
    private static func likeness(_ index: Int, _ colour: Oklab) -> Double {
        guard let other = Oklab(colours[index]) else { return -1 }
        let (mine, theirs) = (colour.a * colour.a + colour.b * colour.b, other.a * other.a + other.b * other.b)
        let length = (mine * theirs).squareRoot()
        return (other.a * colour.a + other.b * colour.b) / length - 5 * abs(other.lightness - colour.lightness)
    }
}
