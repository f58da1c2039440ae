import Screen
import Simulation

/// What drawing remembers between frames: binned heatmap rows, keys in cells and palettes, found again by all that they depend on.
final class RenderCache {
    struct PaletteKey: Hashable {
        var ramp: [Colour]
        var levels: Int
        var depth: ColourDepth
        var glyphs: GlyphLevel
    }

    private var palettes: [PaletteKey: Palette] = [:]
    private var lines: [ObjectIdentifier: HeatLine] = [:]

    /// Columns of the time plot that are full.
    var steps = StepWindow.Kept()

    func palette(_ key: PaletteKey, make: () -> Palette) -> Palette {
        if let palette = palettes[key] { return palette }
        let palette = make()
        palettes[key] = palette
        return palette
    }

    struct CloudKey: Hashable {
        var number, width, height, dotsAcross, dotsDown, perCell: Int
    }

    private var cloud: (key: CloudKey, cloud: KeyCloud)?

    /// The keys of a geometry frame in the cells of a screen: gathered once a frame, however often it is drawn.
    func cloud(_ map: GeometryMap, dots: (across: Int, down: Int), perCell: Int) -> KeyCloud {
        let key = CloudKey(
            number: map.frame.number, width: map.area.width, height: map.area.height, dotsAcross: dots.across,
            dotsDown: dots.down, perCell: perCell)
        if let cloud, cloud.key == key, key.number > 0 { return cloud.cloud }
        let made = KeyCloud(map, dots: dots, perCell: perCell)
        cloud = (key, made)
        return made
    }

    /// The lines of rows, in order; only rows that are new or asked for another range are binned.
    func lines(of rows: [HeatRow], axis: KeyAxis, order: KeyOrder?) -> [HeatLine] {
        let found = rows.map { row in
            if let known = lines[ObjectIdentifier(row)], known.bins.axis == axis, known.bins.order === order {
                return known
            }
            return HeatLine(HeatBins(row, axis: axis, order: order))
        }
        // A row that left the picture is forgotten; its identifier may come back for another.
        lines = Dictionary(found.map { (ObjectIdentifier($0.bins.row), $0) }) { $1 }
        return found
    }
}
