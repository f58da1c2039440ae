import Measurement
import Screen

/// A plot with two logarithmic axes, out of dots: curves, points, guides, and ticks along its edges.
struct LogLogPlot {
    let x, y: LogAxis
    /// Where the dots are; the ticks stand left of it and below.
    let area: Rect
    private var canvas: DotCanvas
    private let context: RenderContext

    static let axisWidth = 6

    /// - Parameter rect: everything, ticks included.
    init(in rect: Rect, x: LogAxis, y: LogAxis, context: RenderContext) {
        self.x = x
        self.y = y
        self.context = context
        area = rect.inset(left: Self.axisWidth, bottom: 1)
        canvas = DotCanvas(columns: area.width, rows: area.height, level: context.glyphs.level)
    }

    /// The dot of a value, held near the canvas.
    private func dot(_ a: Double, _ b: Double) -> (x: Int, y: Int) {
        func place(_ share: Double, _ size: Int) -> Int {
            Int(held: (min(max(share, -1), 2) * Double(max(1, size - 1))).rounded())
        }
        return (place(x.share(a), canvas.width), canvas.height - 1 - place(y.share(b), canvas.height))
    }

    /// The column of cells of a value.
    func column(_ a: Double) -> Int { area.x + dot(a, y.low).x / canvas.dotsAcross }
    func row(_ b: Double) -> Int { area.y + dot(x.low, b).y / canvas.dotsDown }

    /// Joined points, from left to right; the parts outside the plot are left out.
    mutating func curve(_ points: [(x: Double, y: Double)], _ style: Style) {
        for (from, to) in zip(points, points.dropFirst()) where from.y > 0 && to.y > 0 {
            canvas.line(from: dot(from.x, from.y), to: dot(to.x, to.y), style)
        }
        if let only = points.first, points.count == 1 { point(only.x, only.y, style) }
    }

    mutating func point(_ a: Double, _ b: Double, _ style: Style) {
        let place = dot(a, b)
        canvas.set(place.x, place.y, style)
    }

    /// A vertical span of dots.
    mutating func span(_ a: Double, from low: Double, to high: Double, _ style: Style) {
        canvas.line(from: dot(a, low), to: dot(a, high), style)
    }

    /// Faint lines at the ticks, and their labels: powers of ten, or the upright ones as `value` writes them.
    func drawAxes(into buffer: inout Buffer, value: ((Double) -> String)? = nil) {
        let muted = context.style(.muted)
        for power in y.decades(about: max(2, area.height / 4)) {
            let row = row(pow10(power))
            guard row >= area.y, row < area.bottom else { continue }
            for column in area.x..<area.right { buffer[column, row] = Cell(context.glyphs.dot, context.style(.border)) }
            buffer.put(
                value?(pow10(power)) ?? Text.power(ofTen: power),
                in: Rect(x: area.x - Self.axisWidth, y: row, width: Self.axisWidth - 1, height: 1),
                align: .trailing, style: muted)
        }
        var free = area.x
        for power in x.decades(about: max(2, area.width / 10)) {
            let text = Text.power(ofTen: power)
            let column = min(column(pow10(power)), area.right - text.count)
            guard column >= free else { continue }
            buffer.put(text, x: column, y: area.bottom, style: muted)
            free = column + text.count + 1
        }
    }

    /// A dashed vertical line.
    func drawGuide(at value: Double, _ style: Style, into buffer: inout Buffer) {
        guard x.contains(value) else { return }
        for row in area.y..<area.bottom { buffer[column(value), row] = Cell(context.glyphs.mark, style) }
    }

    /// A word at the foot of a guide, left of it, where falling curves leave room.
    func drawWord(_ word: String, at value: Double, rowFromBelow: Int, _ style: Style, into buffer: inout Buffer) {
        guard x.contains(value) else { return }
        let column = column(value)
        let start = column - word.count - 1 >= area.x ? column - word.count - 1 : column + 2
        buffer.put(word, x: start, y: area.bottom - 1 - rowFromBelow, style: style, clip: area)
    }

    /// The dots, over what stands there.
    func draw(into buffer: inout Buffer) { canvas.draw(into: &buffer, x: area.x, y: area.y, clip: area) }

    private func pow10(_ power: Int) -> Double {
        var value = 1.0
        for _ in 0..<abs(power) { value *= 10 }
        return power < 0 ? 1 / value : value
    }
}
