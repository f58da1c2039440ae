import Measurement
import Screen
import Simulation

/// How each fate is painted: colours from thin to dense where there is colour, a glyph of its own where there is none.
struct FatePaint {
    private let ramps: [[Colour]]
    private let washes: [[Colour]]
    private let ground: Colour
    /// The glyphs of the fates, for the legend and for screens without colour.
    let glyphs: [Glyph]
    /// Whether glyphs alone tell the fates apart.
    let isPlain: Bool

    private static let levels = 6
    private static let washLevels = 16

    init(_ context: RenderContext) {
        let theme = context.theme
        ground = theme[.background]
        isPlain = context.depth == .none || theme.kind == .mono || context.glyphs.level == .ascii
        glyphs = [context.glyphs.dot, "+", context.glyphs.points[0], context.glyphs.points[2]]
        // The thin end is still seen; the dense end of the pruned keys stands out against the thin one, where there are
        // colours between theirs and another's.
        let strongest = GeometryFrame.Fate.allCases.map { fate in
            let colour = theme[Self.series(of: fate)]
            return fate == .pruned && context.depth >= .palette256 ? colour.mixed(with: theme[.text], 0.3) : colour
        }
        func mixed(_ count: Int, from first: Double, to last: Double) -> [[Colour]] {
            strongest.map { colour in
                (0..<count).map { level in
                    theme[.background].mixed(
                        with: colour, first + (last - first) * Double(level) / Double(count - 1))
                }
            }
        }
        ramps = mixed(Self.levels, from: 0.5, to: 1)
        washes = mixed(Self.washLevels, from: 0.1, to: 0.55)
    }

    static func series(of fate: GeometryFrame.Fate) -> Theme.Series {
        switch fate {
        case .pruned: .pruned
        case .tested: .tested
        case .reported: .reported
        case .whole: .whole
        }
    }

    func style(_ fate: GeometryFrame.Fate, density: Double) -> Style {
        let level = Int(held: (min(max(density, 0), 1) * Double(Self.levels - 1)).rounded())
        let colour = ramps[fate.rawValue][level]
        return Style(colour, on: ground, isPlain && (density > 0.6 || fate.rawValue > 1) ? .bold : [])
    }

    /// A ground under outlines: faint where keys are thin.
    func wash(_ fate: GeometryFrame.Fate, density: Double) -> Colour {
        washes[fate.rawValue][Int(held: (min(max(density, 0), 1) * Double(Self.washLevels - 1)).rounded())]
    }
}
