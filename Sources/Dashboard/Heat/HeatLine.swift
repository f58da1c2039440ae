import Foundation
import Simulation

/// A heatmap row on its way to the screen: its columns, their values on a scale, their inks. What was worked out for one
/// frame serves the next, since a row never changes; only the scale may.
final class HeatLine {
    let bins: HeatBins
    private var valued: (scale: HeatmapState.Scale, values: [Float], peak: Float)?
    private var inked: (scale: HeatmapState.Scale, top: Float, levels: Int, inks: [UInt8])?

    /// Powers of two between the brightest and the faintest that is told from none.
    private static let reach: Float = 6

    init(_ bins: HeatBins) { self.bins = bins }

    /// The largest value of a column.
    func peak(_ scale: HeatmapState.Scale) -> Double { Double(value(scale).peak) }

    /// The ink of each column where `top` is drawn brightest; ink 0 is for columns without an entry alone.
    func inks(_ scale: HeatmapState.Scale, top: Double, levels: Int) -> [UInt8] {
        let top = Float(top)
        if let inked, inked.scale == scale, inked.top == top, inked.levels == levels { return inked.inks }
        let ink = scale == .share ? Self.shareInk : Self.ink
        let inks = value(scale).values.map { ink($0, top, levels) }
        inked = (scale, top, levels, inks)
        return inks
    }

    private func value(_ scale: HeatmapState.Scale) -> (values: [Float], peak: Float) {
        if let valued, valued.scale == scale { return (valued.values, valued.peak) }
        var values = bins.largest
        if scale == .share {
            values = (0..<bins.axis.columns).map { column in
                let keys = bins.axis.positions(of: column)
                let present = max(0, min(keys.upperBound, bins.row.n) - keys.lowerBound)
                return min(1, Float(bins.count[column]) / Float(max(1, present)))
            }
        } else if scale == .density {
            let even = Float(bins.row.n) * Float(bins.axis.columns) / Float(max(1, bins.axis.span))
            let share = even / max(bins.total, .leastNormalMagnitude)
            values = bins.sum.map { $0 * share }
        }
        let peak = values.max() ?? 0
        valued = (scale, values, peak)
        return (values, peak)
    }

    /// About as the eye judges light, so that 3 % are told from 1 % and from 10 %, and half is far from all.
    private static func shareInk(_ value: Float, _ top: Float, _ levels: Int) -> UInt8 {
        guard value > 0 else { return 0 }
        return UInt8(max(levels > 16 ? 2 : 1, pow(value, 0.5) * Float(levels - 1)))
    }

    /// Logarithmic: attention spans magnitudes.
    private static func ink(_ value: Float, _ top: Float, _ levels: Int) -> UInt8 {
        guard value > 0, top > 0 else { return 0 }
        let share = max(0, min(1, 1 + log2(value / top) / reach))
        return UInt8(max(levels > 16 ? 2 : 1, pow(share, 1.3) * Float(levels - 1)))
    }
}
