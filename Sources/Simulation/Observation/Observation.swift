import Attention
import Foundation
import HalfSpace

/// One look at a decode step, from the rows of the prompt, which never change while the session lives.
struct Observation: Sendable {
    var details: Details
    var step: Int
    var query: [Float]
    /// The queries before it, oldest first.
    var trail: [[Float]]
    var threshold: Double
    var store: KeyValueStore
    var rows: Int
    var statistics: KeyStatistics
    /// ‖V‖_∞.
    var valueNorm: Double
    /// The fate of each row, where the index was asked.
    var fates: [KeyFate]?
    /// The index's cells by level, 0 the smallest, at d = 2.
    var cells: [[IndexCell]] = []
    /// Turns the geometry's upright axis, in radians since the last look.
    var turn = 0.0

    static let columns = 400
    static let rows = 300

    func geometry(after before: Projection?) -> (frame: GeometryFrame, projection: Projection) {
        let plane = Projection(query: query, keys: statistics, before: before, turn: turn)
        let (x, y) = coordinates(in: plane)
        let norm = Projection.norm(query.map(Double.init))
        let line = threshold * Double(query.count).squareRoot() / norm
        let reach = statistics.reach(of: store, rows: rows)
        let unit = 2 * reach / Double(Self.rows)
        let middle =
            (x: Projection.dot(plane.across, statistics.mean), y: Projection.dot(plane.up, statistics.mean))
        var counts = Array(repeating: Array(repeating: UInt16(0), count: Self.columns * Self.rows), count: 4)
        var totals = Array(repeating: 0, count: 4)
        var outside = 0
        for row in 0..<rows {
            let fate = fates.map { Int($0[row].rawValue) } ?? (Double(x[row]) >= line ? 2 : 1)
            totals[fate] += 1
            let column = ((Double(x[row]) - middle.x) / unit + Double(Self.columns) / 2).rounded(.down)
            // At d = 1 there is no second direction: spread the keys so that their density shows.
            let up = query.count == 1 ? reach * 0.6 * Self.scatter(row) : Double(y[row]) - middle.y
            let line = (up / unit + Double(Self.rows) / 2).rounded(.down)
            guard column >= 0, column < Double(Self.columns), line >= 0, line < Double(Self.rows) else {
                outside += 1
                continue
            }
            let bin = Int(line) * Self.columns + Int(column)
            if counts[fate][bin] < .max { counts[fate][bin] += 1 }
        }
        var frame = GeometryFrame(
            step: step, n: rows, columns: Self.columns, rows: Self.rows, counts: counts, unit: unit, middle: middle,
            line: line, totals: totals, trail: trail.map { point(of: $0, in: plane) }, knowsFates: fates != nil)
        frame.outside = outside
        frame.scorePerUnit = norm / Double(query.count).squareRoot()
        frame.cells = CellDescent(levels: cells, plane: plane, line: line).ends
        return (frame, plane)
    }

    /// From -1 to 1, the same for a row each time.
    private static func scatter(_ row: Int) -> Double { Double((row &* 40_503) & 1023) / 511.5 - 1 }

    private func coordinates(in plane: Projection) -> (x: [Float], y: [Float]) {
        let d = query.count
        let (across, up) = (plane.across.map { Float($0) }, plane.up.map { Float($0) })
        var x = Array(repeating: Float(0), count: rows)
        var y = x
        let keys = store.keys
        for row in 0..<rows {
            var (along, beside): (Float, Float) = (0, 0)
            for t in 0..<d {
                let entry = keys[row * d + t]
                along += across[t] * entry
                beside += up[t] * entry
            }
            x[row] = along
            y[row] = beside
        }
        return (x, y)
    }

    private func point(of query: [Float], in plane: Projection) -> (x: Double, y: Double) {
        let q = query.map(Double.init)
        let norm = Projection.norm(q)
        guard norm > 0 else { return (0, 0) }
        return (Projection.dot(q, plane.across) / norm, Projection.dot(q, plane.up) / norm)
    }
}
