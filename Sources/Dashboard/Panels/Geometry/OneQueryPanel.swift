import HalfSpace
import Screen
import Simulation

/// What became of the keys of one query: counts and shares, and the check against the definition.
struct OneQueryPanel: Panel {
    let title = "one query"

    func note(_ context: RenderContext) -> String {
        context.snapshot.geometry.map { "step \(Format.grouped($0.step))" } ?? ""
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.geometry, frame.n > 0 else { return }
        let paint = FatePaint(context)
        var y = rect.y
        func line() -> Rect {
            defer { y += 1 }
            return Rect(x: rect.x, y: y, width: rect.width, height: y < rect.bottom ? 1 : 0)
        }
        let isLarge = rect.width >= 37
        if rect.height >= 10 {
            bar(frame, paint, in: line(), into: &buffer, context)
            y += 1
        }
        let kind = context.snapshot.statistics?.kind
        for fate in Self.fates(of: kind) {
            let count = frame.totals[fate.rawValue]
            let place = line()
            guard !place.isEmpty else { break }
            let style = paint.style(fate, density: 1)
            let swatch = paint.isPlain ? paint.glyphs[fate.rawValue] : context.glyphs.full
            for x in 0..<2 { buffer[place.x + x, place.y] = Cell(swatch, style) }
            buffer.put(
                Self.name(fate, kind: kind, isLarge: isLarge),
                in: place.inset(left: 3, right: isLarge ? 17 : 9),
                style: context.style(fate.rawValue > 1 ? .text : .muted), ellipsis: context.glyphs.ellipsis)
            let share = Format.percent(Double(count) / Double(frame.n))
            buffer.put(
                Format.grouped(count), in: place.inset(right: isLarge ? 8 : 0), align: .trailing,
                style: context.style(.text, .bold))
            if isLarge { buffer.put(share, in: place, align: .trailing, style: context.style(.muted)) }
        }
        if rect.bottom - y >= 4 { y += 1 }
        let reported = frame.totals[2] + frame.totals[3]
        let sum = line()
        buffer.put(isLarge ? "in the half-space" : "half-space", in: sum, style: context.style(.hsr, .bold))
        buffer.put(
            Format.grouped(reported), in: sum.inset(right: isLarge ? 8 : 0), align: .trailing,
            style: context.style(.hsr, .bold))
        if isLarge {
            buffer.put(
                Format.percent(Double(reported) / Double(frame.n)), in: sum, align: .trailing,
                style: context.style(.hsr))
        }
        if let predicted = context.record?.predicted, predicted.isFinite {
            let place = line()
            buffer.put("predicted", in: place, style: context.style(.muted))
            buffer.put(
                Format.grouped(Int(held: predicted.rounded())), in: place.inset(right: isLarge ? 8 : 0),
                align: .trailing, style: context.style(.text))
        }
        verdict(in: line(), into: &buffer, context)
    }

    private func bar(
        _ frame: GeometryFrame, _ paint: FatePaint, in line: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        var sum = 0
        for fate in GeometryFrame.Fate.allCases {
            let first = line.width * sum / frame.n
            sum += frame.totals[fate.rawValue]
            // What there is shows, however little.
            let last = max(line.width * sum / frame.n, frame.totals[fate.rawValue] > 0 ? first + 1 : first)
            let glyph = paint.isPlain ? paint.glyphs[fate.rawValue] : context.glyphs.full
            for x in first..<last where line.x + x < line.right {
                buffer[line.x + x, line.y] = Cell(glyph, paint.style(fate, density: 1))
            }
        }
    }

    /// What the check against the definition said last.
    private func verdict(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let history = context.snapshot.history
        let newest = (0..<history.count).last { history[$0].missed != nil }
        let checked = newest.map { history[$0] }
        guard let checked, let missed = checked.missed, let extra = checked.extra else {
            buffer.put("not checked yet", in: line, style: context.style(.muted))
            return
        }
        let isExact = missed + extra == 0
        let text = "missed \(missed)  extra \(extra)"
        let style = isExact ? context.style(.good, .bold) : context.style(.error, .bold)
        let end = buffer.put(text, x: line.x, y: line.y, style: style, clip: line)
        let mark = isExact ? "\(context.glyphs.check.text) exact" : "not the set"
        guard end + 2 + mark.count <= line.right else { return }
        buffer.put(mark, in: line, align: .trailing, style: style)
    }

    /// An index without nodes tells only which keys it kept.
    private static func fates(of kind: IndexKind?) -> [GeometryFrame.Fate] {
        kind?.description.reading == nil ? GeometryFrame.Fate.allCases : [.tested, .reported]
    }

    private static func name(_ fate: GeometryFrame.Fate, kind: IndexKind?, isLarge: Bool) -> String {
        let knowsTested = kind?.description.reading == nil || kind?.description.scoresEveryKey == true
        return switch fate {
        case .pruned: isLarge ? "pruned, unseen" : "pruned"
        case .tested: !knowsTested ? "left out" : isLarge ? "tested, left out" : "tested"
        case .reported: isLarge && knowsTested ? "tested, kept" : "kept"
        case .whole: isLarge ? "whole nodes, kept" : "in nodes"
        }
    }
}
