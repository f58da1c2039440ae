import Foundation
import Measurement
import Screen
import Simulation

/// The running time of each decode step, HSR's and naive's, on a logarithmic scale: two lines that part.
struct TimePanel: Panel {
    let title = "time per step"

    func noteRole(_ context: RenderContext) -> Theme.Role {
        BusyMachine.sentence(context.snapshot) == nil ? .muted : .warn
    }

    func note(_ context: RenderContext) -> String {
        if let busy = BusyMachine.sentence(context.snapshot) { return busy }
        let every = context.snapshot.denseEvery
        if context.snapshot.history.suffix(8).contains(where: \.underLoad) { return "log, measured, under load" }
        let what: String
        if let layer = context.snapshot.history.last?.layer {
            what = "\(layer.shape.heads) heads on \(layer.threads) thread\(layer.threads == 1 ? "" : "s")"
        } else {
            what = every > 1 ? "naive measured every \(every)th step" : "log, measured"
        }
        // Between the steps of a pace that the eye can follow other work takes the caches and the core goes idle: what is timed is
        // cold, on both sides. The last words are those that a narrow frame keeps.
        return context.snapshot.pace == .full ? what : what + ", cold"
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let labelWidth = 9
        let axisWidth = 6
        let plot = rect.inset(left: axisWidth + 1, right: labelWidth)
        guard plot.width >= 4, plot.height >= 2 else { return }
        var canvas = DotCanvas(columns: plot.width, rows: plot.height, level: context.glyphs.level)
        let window = StepWindow(context.snapshot, columns: canvas.width, kept: &context.cache.steps)
        let changes = Set(window.marks.filter(\.mark.isChange).map(\.x))
        let naive = Self.smoothed(window.naive, notOver: changes)
        let hsr = Self.smoothed(window.hsr, notOver: changes)
        guard let scale = LogScale(fitting: Self.usual(naive) + Self.usual(hsr), height: canvas.height) else {
            buffer.put(
                "waiting for the first step", in: rect, row: rect.height / 2, align: .centre,
                style: context.style(.muted))
            return
        }
        axis(scale, perCell: canvas.dotsDown, plot: plot, into: &buffer, context)
        marks(window, canvas: canvas, plot: plot, into: &buffer, context)

        for (values, series) in [(window.naiveSpread, Theme.Series.naive), (window.hsrSpread, .hsr)] {
            let faint = context.theme[series].mixed(with: context.theme[.background], 0.62)
            for (x, spread) in values.enumerated() {
                guard let spread else { continue }
                for y in scale.row(spread.high)...max(scale.row(spread.high), scale.row(spread.low)) {
                    canvas.set(x, y, Style(faint))
                }
            }
        }
        canvas.curve(naive.map { $0.map(scale.row) }, context.style(.naive))
        canvas.curve(hsr.map { $0.map(scale.row) }, context.style(.hsr))
        canvas.draw(into: &buffer, x: plot.x, y: plot.y, clip: plot)
        labels(scale, canvas.dotsDown, naive: naive, hsr: hsr, plot: plot, into: &buffer, context)
    }

    /// Medians of five columns, so that the line is no comb; a change of parameters is a step, and stays one.
    static func smoothed(_ values: [Double?], notOver changes: Set<Int>) -> [Double?] {
        values.indices.map { x in
            guard values[x] != nil else { return nil }
            var (low, high) = (x, x)
            while low > max(0, x - 2), !changes.contains(low) { low -= 1 }
            while high < min(values.count - 1, x + 2), !changes.contains(high + 1) { high += 1 }
            return Samples(values[low...high].compactMap { $0 }).middle
        }
    }

    /// Without the few outliers that would press everything else together; they are drawn at the edge.
    private static func usual(_ values: [Double?]) -> [Double] {
        let sorted = values.compactMap { $0 }.sorted()
        return Array(sorted.prefix(sorted.count - sorted.count / 32))
    }

    private func axis(
        _ scale: LogScale, perCell: Int, plot: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        var free = -1
        for tick in scale.ticks {
            let y = scale.row(tick) / perCell
            guard y > free, y < plot.height else { continue }
            free = y
            buffer.put(
                Text.tick(tick), in: Rect(x: plot.x - 7, y: plot.y + y, width: 6, height: 1), align: .trailing,
                style: context.style(.muted))
            let line = context.style(.border)
            for x in plot.x..<plot.right { buffer[x, plot.y + y] = Cell(context.glyphs.dot, line) }
        }
    }

    /// Where something changed: a dashed line, with what changed beside it where there is room.
    private func marks(
        _ window: StepWindow, canvas: DotCanvas, plot: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        var free = plot.x
        // Short sequences begin so often that their marks would hide the lines.
        let isCrowded = window.marks.count > plot.width / 4
        for (x, mark) in window.marks where !isCrowded || mark.isChange {
            let column = plot.x + x / canvas.dotsAcross
            let style = context.style(mark.isQuiet ? .border : .accent)
            for y in plot.y..<plot.bottom { buffer[column, y] = Cell(context.glyphs.mark, style) }
            guard let text = mark.text, column >= free, column + text.count + 1 <= plot.right else { continue }
            free = buffer.put(text, x: column + 1, y: plot.bottom - 1, style: style) + 1
        }
    }

    /// Names and medians at the right, apart from each other.
    private func labels(
        _ scale: LogScale, _ perCell: Int, naive: [Double?], hsr: [Double?], plot: Rect, into buffer: inout Buffer,
        _ context: RenderContext
    ) {
        // The figures of the speed-up where there is one, so that the panels agree.
        let speedUp = SpeedUp(context.snapshot)
        let places = [
            ("naive", Theme.Series.naive, naive, speedUp?.naive), ("HSR", .hsr, hsr, speedUp?.hsr),
        ].compactMap { name, series, values, middle in
            (middle ?? Samples(values.compactMap { $0 }.suffix(32)).middle).map {
                (name: name, series: series, value: $0, row: scale.row($0) / perCell)
            }
        }.sorted { $0.row < $1.row }
        let tall = plot.height >= 4
        let need = tall ? 2 : 1
        var rows = places.map { min(max(0, $0.row - (tall ? 1 : 0)), plot.height - need) }
        if rows.count == 2, rows[1] < rows[0] + need {
            rows[0] = min(rows[0], plot.height - 2 * need)
            rows[0] = max(0, rows[0])
            rows[1] = min(rows[0] + need, plot.height - need)
        }
        for (place, row) in zip(places, rows) {
            let style = context.style(place.series, .bold)
            let label = Rect(x: plot.right + 1, y: plot.y + row, width: 8, height: need)
            if tall {
                buffer.put(place.name, in: label, style: style)
                buffer.put(Text.duration(place.value), in: label, row: 1, style: context.style(place.series))
            } else {
                // A name alone rather than half a time.
                let text = "\(place.name) \(Text.duration(place.value))"
                buffer.put(text.count <= label.width ? text : place.name, in: label, style: style)
            }
        }
    }
}

extension StepRecord.Mark {
    var text: String? {
        switch self {
        case .parameter(let what): what
        case .sequence: "new sequence"
        case .merge: nil
        }
    }

    /// Whether a person, or a demo, changed a parameter.
    var isChange: Bool {
        if case .parameter = self { true } else { false }
    }

    /// Merges are many and no one asked for them.
    var isQuiet: Bool { self == .merge }
}

extension Text {
    /// "100 µs", "1 ms": a power of ten of seconds.
    static func tick(_ seconds: Double) -> String {
        let (amount, unit) =
            seconds < 0.9e-6
            ? (seconds * 1e9, "ns")
            : seconds < 0.9e-3 ? (seconds * 1e6, "µs") : seconds < 0.9 ? (seconds * 1e3, "ms") : (seconds, "s")
        return "\(Int(held: amount.rounded())) \(unit)"
    }
}
