import Screen

//  ┌ layers × heads ───────── keys that hold 90 % of the mass ┐
//  │ layer 12  [• 8]   78    626                              │
//  │       13    31    40     52                              │
//  │       head  0     1      2                               │
//  │ arrows: cursor   Enter: go there   ( ) figure            │
//  └───────────────────────────────────────── 8 ░▒▓ 626 ──────┘

/// Where each head stands in the picture: drawing and the mouse agree on it.
struct HeadsLayout {
    let picture: Rect
    /// Columns of the screen that a head takes.
    let headWidth: Int
    /// Pixels from top to bottom that a layer takes: several where there is room.
    let layerHeight: Int
    /// Pixels from top to bottom of a cell: 2 where layers share cells as half blocks.
    let perCell: Int
    /// What is seen where not all of them fit: the part around the cursor.
    let rows, heads: Range<Int>
    /// Heads that stand beside each other: fewer than there are where a single layer takes several lines.
    let perLine: Int

    static let marginWidth = 6

    /// - Parameter halves: whether the terminal has half blocks.
    init?(inside rect: Rect, grid: HeadGrid, halves: Bool) {
        let area = rect.inset(left: Self.marginWidth, bottom: 2)
        guard area.width >= 2, area.height >= 1, grid.mostHeads > 0 else { return nil }
        let count = grid.layers.count
        if count == 1, let fold = Self.fold(grid.mostHeads, group: grid.group, area: area) {
            (perCell, headWidth, layerHeight, perLine) = (1, fold.width, fold.height, fold.perLine)
            (rows, heads) = (0..<1, 0..<grid.mostHeads)
            let lines = (grid.mostHeads + perLine - 1) / perLine
            picture = Rect(x: area.x, y: area.y, width: perLine * headWidth, height: lines * layerHeight)
            return
        }
        perCell = halves && count > area.height ? 2 : 1
        headWidth = min(max(area.width / grid.mostHeads, 1), 24)
        // A few large heads rather than a speck in an empty frame, about as wide as high.
        layerHeight = min(max(area.height * perCell / count, 1), perCell == 2 ? 1 : max(3, headWidth / 3))
        rows = Self.window(of: count, size: area.height * perCell / layerHeight, around: grid.cursor.row)
        heads = Self.window(of: grid.mostHeads, size: area.width / headWidth, around: grid.cursor.head)
        perLine = heads.count
        picture = Rect(
            x: area.x, y: area.y, width: heads.count * headWidth,
            height: (rows.count * layerHeight + perCell - 1) / perCell)
    }

    /// The heads of a single layer in the lines that fill a frame best, those of a key-value head in one line or in whole lines; nil
    /// where one line does.
    private static func fold(
        _ heads: Int, group: Int, area: Rect
    ) -> (perLine: Int, width: Int, height: Int)? {
        var best: (perLine: Int, width: Int, height: Int)?
        for perLine in stride(from: heads, through: 1, by: -1) where perLine % group == 0 || group % perLine == 0 {
            let lines = (heads + perLine - 1) / perLine
            let width = min(area.width / perLine, 32)
            let height = min(area.height / lines, max(3, width / 3))
            // A figure and a ratio below it, with a mark at both ends.
            guard width >= 6, height >= 2 || lines == 1 else { continue }
            if width * height > best.map({ $0.width * $0.height }) ?? 0 { best = (perLine, width, height) }
        }
        return best.flatMap { $0.perLine < heads ? $0 : nil }
    }

    /// On the screen of a state.
    init?(_ state: DashboardState, _ grid: HeadGrid) {
        let view = ScreenAreas(state).view
        let places = ViewKind.heads.view.layout(in: view, traits: LayoutTraits(state))
        guard
            let frame = state.isExpanded
                ? (state.focus == 0 ? view : nil) : places.first(where: { $0.panel == 0 })?.rect
        else { return nil }
        self.init(
            inside: frame.inset(left: 2, top: 1, right: 2, bottom: 1), grid: grid,
            halves: Palette.rowsPerCell(depth: state.depth, glyphs: state.glyphs) == 2)
    }

    private static func window(of count: Int, size: Int, around middle: Int) -> Range<Int> {
        let size = min(max(size, 1), count)
        let first = min(max(middle - size / 2, 0), count - size)
        return first..<first + size
    }

    /// The cells of a head where layers have cells of their own.
    func cells(of spot: HeadsState.Spot) -> Rect {
        let (line, column) = (spot.head - heads.lowerBound).quotientAndRemainder(dividingBy: perLine)
        return Rect(
            x: picture.x + column * headWidth, y: picture.y + (spot.row - rows.lowerBound + line) * layerHeight,
            width: headWidth, height: layerHeight)
    }

    /// The head at a place of the screen: of a cell with two layers the upper.
    func spot(atX x: Int, y: Int, in grid: HeadGrid) -> HeadsState.Spot? {
        guard picture.contains(x: x, y: y) else { return nil }
        let line = (y - picture.y) * perCell / layerHeight
        let isFolded = perLine < heads.count
        let row = isFolded ? 0 : rows.lowerBound + line
        let head = heads.lowerBound + (x - picture.x) / headWidth + (isFolded ? line * perLine : 0)
        guard row < rows.upperBound, head < grid.layers[row].heads else { return nil }
        return .init(row: row, head: head)
    }
}
