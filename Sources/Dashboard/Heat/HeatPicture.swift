import Foundation
import Screen
import Simulation

/// The heatmap as pixels: a row for each step, a column for a stretch of keys, light where attention is.
struct HeatPicture {
    let axis: KeyAxis
    let ring: HeatRing
    /// Parallel to the rows of the ring.
    let bins: [HeatBins]
    let palette: Palette
    let scale: HeatmapState.Scale
    /// What is drawn brightest.
    let top: Double
    let canvas: PixelCanvas

    static let levels = 24

    struct Options {
        var scrolls = false
        var scale = HeatmapState.Scale.density
        var order: KeyOrder?
        /// How far columns are from positions (0) to the order (1).
        var progress = 1.0
        /// A pixel to mark.
        var cursor: (column: Int, slot: Int)?
    }

    init(
        _ snapshot: Snapshot, axis: KeyAxis, rows cells: Int, palette: Palette, options: Options = Options(),
        cache: RenderCache
    ) {
        self.axis = axis
        self.palette = palette
        let height = cells * palette.rowsPerCell
        ring = HeatRing(snapshot.heat, rows: height, scrolls: options.scrolls)
        let rows = ring.rows.map(\.row)
        let isGliding = options.order != nil && options.progress < 1
        let lines =
            isGliding
            ? rows.map { HeatLine(HeatBins($0, axis: axis, order: options.order, progress: options.progress)) }
            : cache.lines(of: rows, axis: axis, order: options.order)
        bins = lines.map(\.bins)
        scale = options.scale
        top = Self.top(lines.map { $0.peak(options.scale) }, options.scale)
        var canvas = PixelCanvas(width: axis.columns, height: height)
        for (place, line) in zip(ring.rows, lines) {
            let most = options.scale == .largestInRow ? line.peak(options.scale) : top
            canvas.set(row: place.slot, to: line.inks(options.scale, top: most, levels: palette.inks.count))
        }
        self.canvas = canvas
    }

    /// Held to powers of two, so that colours do not flicker.
    private static func top(_ all: [Double], _ scale: HeatmapState.Scale) -> Double {
        if scale == .share { return 1 }
        let peaks = all.filter { $0 > 0 }.sorted()
        guard !peaks.isEmpty else { return 1 }
        let high = exp2(log2(peaks[min(peaks.count - 1, peaks.count * 9 / 10)]).rounded(.up))
        return scale == .density ? max(16, high) : min(1, high)
    }

    /// The steps in the margin left of the picture, the newest marked.
    func drawSteps(in margin: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard margin.width >= 4 else { return }
        let perCell = palette.rowsPerCell
        let text = margin.inset(right: 1)
        for place in ring.rows where place.slot % (6 * perCell) == 0 {
            buffer.put(
                Format.grouped(place.row.step), in: text, row: place.slot / perCell, align: .trailing,
                style: context.style(.muted))
        }
        guard let newest = ring.rows.last else { return }
        let style = context.style(.accent, .bold)
        let row = newest.slot / perCell
        buffer.fill(text.row(row), with: Cell(.space, style))
        buffer.put(Format.grouped(newest.row.step), in: text, row: row, align: .trailing, style: style)
        buffer[margin.right - 1, margin.y + row] = Cell(context.glyphs.marker, style)
    }

    /// Key positions under the picture, but for one where a cursor's mark stands.
    func drawPositions(
        below picture: Rect, avoiding column: Int? = nil, into buffer: inout Buffer, _ context: RenderContext
    ) {
        let labels = max(2, min(9, picture.width / 14))
        var stride = 1
        while stride < axis.span / labels { stride *= 2 }
        var free = picture.x
        var position = (axis.lower + stride - 1) / stride * stride
        while position < axis.upper {
            let text = axis.span < 4096 ? Format.grouped(position) : Format.binary(position)
            let x = picture.x + axis.column(of: position)
            let isHidden = column.map { (x - 1...x + text.count).contains(picture.x + $0) } ?? false
            if x >= free, x + text.count <= picture.right, !isHidden {
                buffer.put(text, x: x, y: picture.bottom, style: context.style(.muted))
                free = x + text.count + 2
            }
            position += stride
        }
    }

    /// The ramp with what its ends mean, right-aligned in a line.
    func drawLegend(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let low = " none "
        let high =
            switch scale {
            case .share: " all keys of a cell "
            case .density: " \(Text.short(top))\(context.glyphs.cross) even attention "
            case .largest: " \(Format.percent(top)) of the mass "
            case .largestInRow: " the row's largest "
            }
        let width = line.width >= 70 ? 24 : 12
        let total = low.count + width + high.count
        guard total <= line.width else { return }
        let x = buffer.put(low, x: line.right - total, y: line.y, style: context.style(.muted))
        for i in 0..<width {
            let ink = palette.inks[i * (palette.inks.count - 1) / (width - 1)]
            buffer[x + i, line.y] = context.depth >= .palette256 ? Cell(.space, Style(on: ink.colour)) : ink.cell
        }
        buffer.put(high, x: x + width, y: line.y, style: context.style(.muted))
    }
}
