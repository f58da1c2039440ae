import Measurement
import Screen
import Simulation

/// Draws the keys of a geometry frame by what became of them.
struct CloudPainter {
    let map: GeometryMap
    let cloud: KeyCloud
    let paint: FatePaint
    let context: RenderContext

    /// Keys as dots, denser ones brighter.
    func dots(into buffer: inout Buffer) {
        for y in 0..<cloud.height {
            for x in 0..<cloud.width {
                let place = cloud[x, y]
                guard let fate = place.fate else { continue }
                let density = cloud.density(place)
                buffer[map.area.x + x, map.area.y + y] = Cell(
                    glyph(place, fate, density), paint.style(fate, density: density))
            }
        }
    }

    private func glyph(
        _ place: KeyCloud.Place, _ fate: GeometryFrame.Fate, _ density: Double
    ) -> Glyph {
        if paint.isPlain && fate != .pruned { return paint.glyphs[fate.rawValue] }
        switch context.glyphs.level {
        case .braille: return .braille(place.dots)
        case .block: return context.glyphs.shades[1 + Int(held: (density * 3).rounded())]
        case .ascii: return density > 0.5 ? ":" : "."
        }
    }

    /// Keys as a ground, two pixels to a cell where the terminal can, so that the outlines of cells stand on it.
    func wash(into buffer: inout Buffer) {
        let perCell = cloud.height / max(1, map.area.height)
        func colour(_ x: Int, _ y: Int) -> Colour {
            let place = cloud[x, y]
            return place.fate.map { paint.wash($0, density: cloud.density(place)) } ?? context.theme[.background]
        }
        for y in 0..<map.area.height {
            for x in 0..<map.area.width {
                let upper = colour(x, y * perCell)
                let lower = perCell == 2 ? colour(x, y * 2 + 1) : upper
                buffer[map.area.x + x, map.area.y + y] =
                    upper == lower ? Cell(.space, Style(on: upper)) : Cell("▀", Style(upper, on: lower))
            }
        }
    }
}
