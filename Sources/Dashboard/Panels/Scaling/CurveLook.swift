import Attention
import Screen
import Simulation

/// How a curve of the sweep is told from the others: its mark, its name, its strength.
struct CurveLook {
    let curve: SweepCurve
    let mark, hollowMark: Glyph
    /// What parts it from the others: "d 8", "d 8 softmax".
    let name: String
    /// Whether it belongs to the present settings.
    let isNewest: Bool

    /// Newest last. A mark goes with d, so that it stays while curves come and go.
    static func all(of sweep: SweepSnapshot, glyphs: GlyphSet) -> [CurveLook] {
        let names = Self.names(of: sweep.curves)
        var used: Set<Int> = []
        return zip(sweep.curves, names).enumerated().map { i, pair in
            let (curve, name) = pair
            var place = (Parameter.dimensions.firstIndex(of: curve.d) ?? curve.d) % glyphs.points.count
            while used.contains(place), used.count < glyphs.points.count { place = (place + 1) % glyphs.points.count }
            used.insert(place)
            return CurveLook(
                curve: curve, mark: glyphs.points[place], hollowMark: glyphs.hollowPoints[place], name: name,
                isNewest: i == sweep.curves.count - 1)
        }
    }

    /// Older curves stand back.
    func style(_ context: RenderContext) -> Style {
        guard !isNewest else { return context.style(.hsr, .bold) }
        return Style(context.theme[.hsr].mixed(with: context.theme[.background], 0.35), on: context.theme[.background])
    }

    func mark(of point: SweepPoint) -> Glyph { point.underLoad ? hollowMark : mark }

    private static func names(of curves: [SweepCurve]) -> [String] {
        let traits: [(Settings) -> String] = [
            { Text.name(of: $0.activation) }, { $0.threshold.rule.rawValue },
            { $0.threshold.offset == 0 ? "" : Text.signed($0.threshold.offset) + "σ" },
            { $0.threshold.rule == .count ? $0.threshold.budget.name : "" }, { $0.index.name },
            { $0.workload.rawValue }, { $0.head.map { "head \($0)" } ?? "" }, { "seed \($0.seed)" },
        ]
        let telling = traits.filter { trait in Set(curves.map { trait($0.settings) }).count > 1 }
        return curves.map { curve in
            (["d \(curve.d)"] + telling.map { $0(curve.settings) }).filter { !$0.isEmpty }.joined(separator: " ")
        }
    }
}
