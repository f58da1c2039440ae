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
        let norm = Projection.norm(query.map(Double.init))
        let line = threshold * Double(query.count).squareRoot() / norm
        let reach = statistics.reach(of: store, rows: rows)
        let unit = 2 * reach / Double(Self.rows)
        let middle =
            (x: Projection.dot(plane.across, statistics.mean), y: Projection.dot(plane.up, statistics.mean))
        let (counts, totals, outside) = bin(plane, middle: middle, unit: unit, reach: reach, line: line)
        var frame = GeometryFrame(
            step: step, n: rows, columns: Self.columns, rows: Self.rows, counts: counts, unit: unit, middle: middle,
            line: line, totals: totals, trail: trail.map { point(of: $0, in: plane) }, knowsFates: fates != nil)
        frame.outside = outside
        frame.scorePerUnit = norm / Double(query.count).squareRoot()
        frame.cells = CellDescent(levels: cells, plane: plane, line: line).ends
        return (frame, plane)
    }

    /// Every key in its bin, by fate; one pass over the keys, since there may be a million of them ten times a second.
    private func bin(
        _ plane: Projection, middle: (x: Double, y: Double), unit: Double, reach: Double, line: Double
    ) -> (counts: [[UInt16]], totals: [Int], outside: Int) {
        let d = query.count
        let size = Self.columns * Self.rows
        let (across, up) = (plane.across.map { Float($0) }, plane.up.map { Float($0) })
        let (left, low) = (
            Float(middle.x) - Float(Self.columns) / 2 * Float(unit),
            Float(middle.y) - Float(Self.rows) / 2 * Float(unit)
        )
        let scale = 1 / Float(unit)
        let edge = Float(line)
        var counts = Array(repeating: UInt16(0), count: 4 * size)
        var totals = Array(repeating: 0, count: 4)
        var outside = 0
        let keys = store.keys
        counts.withUnsafeMutableBufferPointer { counts in
            across.withUnsafeBufferPointer { across in
                up.withUnsafeBufferPointer { up in
                    for row in 0..<rows {
                        var (x, y): (Float, Float) = (0, 0)
                        for t in 0..<d {
                            let entry = keys[row &* d &+ t]
                            x += across[t] * entry
                            y += up[t] * entry
                        }
                        let fate = fates.map { Int($0[row].rawValue) } ?? (x >= edge ? 2 : 1)
                        totals[fate] += 1
                        // At d = 1 there is no second direction: spread the keys so that their density shows.
                        if d == 1 { y = Float(middle.y + reach * 0.6 * Self.scatter(row)) }
                        let (column, height) = ((x - left) * scale, (y - low) * scale)
                        guard column >= 0, column < Float(Self.columns), height >= 0, height < Float(Self.rows) else {
                            outside += 1
                            continue
                        }
                        let bin = fate &* size &+ Int(height) &* Self.columns &+ Int(column)
                        if counts[bin] < .max { counts[bin] += 1 }
                    }
                }
            }
        }
        return ((0..<4).map { Array(counts[$0 * size..<($0 + 1) * size]) }, totals, outside)
    }

    /// From -1 to 1, the same for a row each time.
    private static func scatter(_ row: Int) -> Double { Double((row &* 40_503) & 1023) / 511.5 - 1 }

    private func point(of query: [Float], in plane: Projection) -> (x: Double, y: Double) {
        let q = query.map(Double.init)
        let norm = Projection.norm(q)
        guard norm > 0 else { return (0, 0) }
        return (Projection.dot(q, plane.across) / norm, Projection.dot(q, plane.up) / norm)
    }
}
