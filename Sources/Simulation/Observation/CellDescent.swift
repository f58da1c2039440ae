import HalfSpace

/// Where a query's descent through the cells of a plane ends: outside, inside, or at a smallest cell that the line crosses.
struct CellDescent {
    /// By level, 0 the smallest.
    let levels: [[IndexCell]]
    let plane: Projection
    let line: Double

    /// Cells to a parent, where the levels are those of a tree.
    private static let fanout = 16

    /// The ends, each cell in the coordinates of the plane.
    var ends: [GeometryFrame.Cell] {
        guard let top = levels.last, line.isFinite else { return [] }
        guard isTree else { return levels[0].map(sector) }
        var ends: [GeometryFrame.Cell] = []
        for node in top.indices { descend(levels.count - 1, node, into: &ends) }
        return ends
    }

    private var isTree: Bool {
        zip(levels, levels.dropFirst()).allSatisfy { ($0.count + Self.fanout - 1) / Self.fanout == $1.count }
    }

    /// A cell of directions: the query asks the one that it points into.
    private func sector(_ cell: IndexCell) -> GeometryFrame.Cell {
        let corners = cell.corners.map(seen)
        let isAhead = corners.contains { $0.x > 0 } && corners.contains { $0.y >= 0 } && corners.contains { $0.y < 0 }
        let ahead = corners.filter { $0.x > 0 }.count * 2 >= corners.count
        return .init(fate: isAhead && ahead ? .crossing : .pruned, corners: corners)
    }

    /// A point of key space in the plane.
    private func seen(_ point: SIMD2<Double>) -> SIMD2<Double> {
        let (across, up) = (plane.across, plane.up)
        return SIMD2(point.x * across[0] + point.y * across[1], point.x * up[0] + point.y * up[1])
    }

    private func descend(_ level: Int, _ node: Int, into ends: inout [GeometryFrame.Cell]) {
        let corners = levels[level][node].corners.map(seen)
        let across = corners.map(\.x)
        guard let low = across.min(), let high = across.max() else { return }
        if low < line, high >= line, level > 0 {
            let first = node * Self.fanout
            let last = min(first + Self.fanout, levels[level - 1].count)
            for child in first..<max(first, last) { descend(level - 1, child, into: &ends) }
            return
        }
        ends.append(.init(fate: high < line ? .pruned : low >= line ? .whole : .crossing, corners: corners))
    }
}
