import Screen
import Simulation

/// Where the plane of a geometry frame stands on the screen: a key unit is as long across as up.
struct GeometryMap {
    /// In cells.
    let area: Rect
    let frame: GeometryFrame
    /// Key units to the width of a cell; a cell is twice as tall as wide.
    let scale: Double

    init(_ frame: GeometryFrame, in area: Rect) {
        self.area = area
        self.frame = frame
        let side = Double(frame.rows) * frame.unit
        scale = side / Double(max(1, min(2 * area.height, area.width)))
    }

    /// Cells from the left edge of the area to a coordinate across, whole and part.
    func x(_ across: Double) -> Double { (across - frame.middle.x) / scale + Double(area.width) / 2 }
    /// Cells from the top edge.
    func y(_ up: Double) -> Double { Double(area.height) / 2 - (up - frame.middle.y) / scale / 2 }

    /// The coordinate across of a place in cells.
    func across(_ x: Double) -> Double { frame.middle.x + (x - Double(area.width) / 2) * scale }

    /// The left edge of a column of bins and the upper edge of a row, in cells.
    func left(ofColumn column: Int) -> Double {
        x(frame.middle.x + (Double(column) - Double(frame.columns) / 2) * frame.unit)
    }
    func top(ofRow row: Int) -> Double {
        y(frame.middle.y + (Double(row + 1) - Double(frame.rows) / 2) * frame.unit)
    }

    /// The score at a coordinate across.
    func score(_ across: Double) -> Double { across * frame.scorePerUnit }
    func across(ofScore score: Double) -> Double { score / frame.scorePerUnit }
}
