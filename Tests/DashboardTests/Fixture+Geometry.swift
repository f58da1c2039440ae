import Simulation

extension Fixture {
    /// Keys in a round cloud, the half-space to the right of 1.1, a thin band tested before it.
    static func geometry(cells: [GeometryFrame.Cell] = [], line: Double = 1.1) -> GeometryFrame {
        var random = Random(state: 11)
        let (columns, rows, unit) = (400, 300, 0.02)
        var counts = Array(repeating: Array(repeating: UInt16(0), count: columns * rows), count: 4)
        var totals = [0, 0, 0, 0]
        for _ in 0..<4000 {
            func normal() -> Double { (0..<6).reduce(0) { sum, _ in sum + random.next() - 0.5 } }
            let (x, y) = (normal(), normal())
            let fate: GeometryFrame.Fate =
                x >= line + 0.4 ? .whole : x >= line ? .reported : x >= line - 0.3 ? .tested : .pruned
            totals[fate.rawValue] += 1
            let bin = Int(y / unit + 150) * columns + Int(x / unit + 200)
            counts[fate.rawValue][bin] += 1
        }
        var frame = GeometryFrame(
            step: 1284, n: 4000, columns: columns, rows: rows, counts: counts, unit: unit, middle: (0, 0), line: line,
            totals: totals, trail: [(0.4, 0.8), (0.55, 0.7), (0.75, 0.5), (0.9, 0.2)], knowsFates: true)
        frame.scorePerUnit = 2
        frame.cells = cells
        return frame
    }

    static func snapshot(with frame: GeometryFrame, d: Int = 4) -> Snapshot {
        var snapshot = standard
        snapshot.geometry = frame
        snapshot.d = d
        snapshot.n = frame.n
        return snapshot
    }
}
