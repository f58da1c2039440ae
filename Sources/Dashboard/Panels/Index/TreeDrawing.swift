import Screen
import Simulation

/// A query's way through a tree, drawn as a tree: a level a line, dropped branches end, crossing ones go on.
struct TreeDrawing {
    let frame: LevelsFrame
    /// How much of the way is shown, 0…1, level by level and from the left.
    var progress = 1.0

    func draw(in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard let tree = frame.tree, !tree.levels.isEmpty, rect.height >= 2, rect.width >= 16 else {
            if rect.height >= 2 {
                buffer.put(
                    centred: "\(frame.kind.rawValue) keeps no tree; press i for one", in: rect,
                    style: context.style(.muted))
            }
            return
        }
        legend(in: rect.row(0), into: &buffer, context)
        let body = rect.inset(top: 1)
        let levels = Array(tree.levels.prefix(body.height))
        let each = max(1, min(14, body.height / levels.count))
        let visited = levels.reduce(0) { $0 + $1.count { $0 != .unseen } }
        var left = Int(held: progress * Double(visited))
        for (row, nodes) in levels.enumerated() {
            let shown = min(left, nodes.count { $0 != .unseen })
            left -= shown
            level(
                nodes, shown: shown, tall: each, at: body.inset(top: row * each), isLast: row == levels.count - 1,
                into: &buffer, context)
        }
    }

    /// A level's nodes over the width in their order; the most telling fate of a column's nodes is drawn.
    private func level(
        _ nodes: [TreePicture.Fate], shown: Int, tall: Int, at rect: Rect, isLast: Bool, into buffer: inout Buffer,
        _ context: RenderContext
    ) {
        var seen = 0
        // Nodes so many as are shown, from the left.
        let limit =
            nodes.indices.first { node in
                if nodes[node] != .unseen { seen += 1 }
                return seen > shown
            } ?? nodes.count
        for x in 0..<rect.width {
            let from = x * nodes.count / rect.width
            let to = max(from + 1, (x + 1) * nodes.count / rect.width)
            let here = nodes[from..<min(to, nodes.count)]
            guard from < limit, let fate = here.max(by: { $0.weight < $1.weight }), fate != .unseen else { continue }
            // A node of several columns leaves a gap to the next.
            let isGap = nodes.count * 3 <= rect.width && (x + 1) * nodes.count / rect.width != from
            guard !isGap else { continue }
            let (glyph, style) = look(fate, context)
            let rows = max(1, tall - (isLast ? 0 : 1))
            for y in 0..<(fate == .pruned ? 1 : rows) { buffer[rect.x + x, rect.y + y] = Cell(glyph, style) }
            if fate == .crossing, !isLast, tall >= 2 {
                buffer[rect.x + x, rect.y + tall - 1] = Cell(context.glyphs.mark, context.style(.border))
            }
        }
    }

    private func look(_ fate: TreePicture.Fate, _ context: RenderContext) -> (Glyph, Style) {
        switch fate {
        case .unseen: (.space, context.style(Theme.Role.text))
        case .pruned: (context.depth == .none ? context.glyphs.shades[1] : context.glyphs.full, context.style(.pruned))
        case .crossing:
            (context.depth == .none ? context.glyphs.shades[2] : context.glyphs.full, context.style(.tested))
        case .whole: (context.glyphs.full, context.style(.whole))
        }
    }

    private func legend(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        var x = line.x
        let words: [(String, TreePicture.Fate)] = [
            ("branch dropped", .pruned), ("crossing: opened", .crossing), ("taken whole", .whole),
        ]
        for (word, fate) in words {
            let (glyph, style) = look(fate, context)
            guard x + 3 + word.count <= line.right else { return }
            buffer[x, line.y] = Cell(glyph, style)
            x = buffer.put(word, x: x + 2, y: line.y, style: context.style(.muted), clip: line) + 3
        }
    }
}

extension TreePicture.Fate {
    /// Of several nodes in one column the one that is drawn.
    fileprivate var weight: Int {
        switch self {
        case .unseen: 0
        case .pruned: 1
        case .whole: 2
        case .crossing: 3
        }
    }
}
