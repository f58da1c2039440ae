import Foundation
import Measurement
import Screen
import Simulation

/// Where n and seconds stand on the dots of a plot with two logarithmic axes.
struct SweepPlot {
    /// In cells.
    let area: Rect
    let times: LogScale
    private let dotsAcross, dotsDown: Int
    private let lowest, highest: Double

    /// nil where nothing was measured.
    init?(_ curves: [CurveLook], lengths: [Int], area: Rect, canvas: DotCanvas) {
        let values = curves.flatMap { look in
            look.curve.points.flatMap { point in
                [point.hsr.low, point.hsr.high] + (look.isNewest ? [point.naive.low, point.naive.high] : [])
            }
        }
        guard let times = LogScale(fitting: values, height: canvas.height) else { return nil }
        let all = lengths + curves.flatMap { $0.curve.points.map(\.n) }
        guard let first = all.min(), let last = all.max() else { return nil }
        self.area = area
        self.times = times
        (dotsAcross, dotsDown) = (canvas.dotsAcross, canvas.dotsDown)
        // Half a step of air on both sides, so that no mark stands on the axis.
        lowest = log2(Double(first)) - 0.4
        highest = max(log2(Double(last)), log2(Double(first)) + 1) + 0.25
    }

    /// In dots from the left and from the top.
    func column(_ n: Double) -> Int {
        Int(held: ((log2(n) - lowest) / (highest - lowest) * Double(area.width * dotsAcross - 1)).rounded())
    }

    func row(_ seconds: Double) -> Int { times.row(seconds) }

    /// The n of a column of dots.
    func length(at column: Int) -> Double {
        pow(2, lowest + Double(column) / Double(area.width * dotsAcross - 1) * (highest - lowest))
    }

    /// In cells of the buffer.
    func x(_ n: Double) -> Int { area.x + min(max(column(n) / dotsAcross, 0), area.width - 1) }
    func y(_ seconds: Double) -> Int { area.y + times.row(seconds) / dotsDown }

    func holds(_ seconds: Double) -> Bool { seconds >= times.low && seconds <= times.high }

    /// A power of n from `first` on to `last`, as dots; every `step`-th one, so that guides stand back.
    func draw(
        _ power: (Double) -> Double, from first: Double, to last: Double, every step: Int = 1,
        on canvas: inout DotCanvas, _ style: Style
    ) {
        var before: (x: Int, y: Int)?
        for x in stride(from: max(0, column(first)), through: min(canvas.width - 1, column(last)), by: step) {
            let value = power(length(at: x))
            guard holds(value) else {
                before = nil
                continue
            }
            let here = (x: x, y: row(value))
            if let before, step == 1 {
                canvas.line(from: before, to: here, style)
            } else {
                canvas.set(here.x, here.y, style)
            }
            before = here
        }
    }

    /// Lengths worth a label: every other power of two, or the ends where there is little room.
    var labels: [(n: Int, text: String)] {
        stride(from: Int(held: (lowest + 0.4).rounded()), through: Int(held: highest), by: 2).map {
            (1 << $0, Format.binary(1 << $0))
        }
    }
}
