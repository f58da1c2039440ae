import Screen
import Simulation

/// How far a prefill is, both times, and what they say.
struct PrefillTimesPanel: Panel {
    let title = "Algorithm 2"

    func note(_ context: RenderContext) -> String {
        switch context.snapshot.prefill?.phase {
        case nil: ""
        case .building: "building the index"
        case .running: "running"
        case .done: "done"
        case .cancelled: "stopped"
        case .failed: "failed"
        }
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.prefill else {
            put("the index is built inside the call, with Part 1", 0, in: rect, into: &buffer, context)
            put("then every query reports, weighs and sums", 1, in: rect, into: &buffer, context)
            return
        }
        if case .failed(let sentence) = frame.phase {
            for (row, line) in sentence.wrapped(to: rect.width).enumerated() {
                buffer.put(line, in: rect, row: row, style: context.style(.error))
            }
            return
        }
        progress(frame, in: rect.row(0), into: &buffer, context)
        let hsr = frame.initSeconds + frame.hsrSeconds
        let measured = frame.naiveIsEstimated ? "estimated" : "measured"
        var lines: [(String, String, Style)] = [
            ("init", Text.duration(frame.initSeconds), context.style(.text)),
            ("HSR", "\(Text.duration(hsr)) measured", context.style(.hsr, .bold)),
            (
                "naive", frame.naiveSeconds.map { "\(Text.duration($0)) \(measured)" } ?? "–",
                context.style(.naive, .bold)
            ),
        ]
        let seen = Double(frame.done) * Double(frame.keys) * (frame.isCausal ? 0.5 : 1)
        if seen > 0 {
            lines.append(
                (
                    "reported", Format.percent(min(1, Double(frame.reported) / seen)) + " of the entries",
                    context.style(.reported)
                ))
        }
        if let error = frame.maxAbsError { lines.append(("largest error", Text.error(error), context.style(.good))) }
        for (row, line) in lines.enumerated() {
            buffer.put(line.0, in: rect, row: row + 2, style: context.style(.muted))
            buffer.put(line.1, in: rect, row: row + 2, align: .trailing, style: line.2)
        }
        var row = lines.count + 2
        if let method = frame.method {
            let words = method + (frame.reason.map { ": \($0)" } ?? "")
            for line in words.wrapped(to: rect.width).prefix(rect.height >= 20 ? 3 : 1) {
                buffer.put(line, in: rect, row: row, style: context.style(.muted), ellipsis: context.glyphs.ellipsis)
                row += 1
            }
        }
        guard let naive = frame.naiveSeconds, hsr > 0, naive > 0 else { return }
        ratio(naive / hsr, in: rect.inset(top: row + 1), into: &buffer, context)
    }

    private func progress(_ frame: PrefillFrame, in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let share = Double(frame.done) / Double(max(1, frame.queries))
        let text = " \(Format.grouped(frame.done)) of \(Format.grouped(frame.queries))"
        let bar = line.inset(right: text.count)
        buffer.fill(bar, with: Cell(context.glyphs.shades[1], context.style(.border)))
        buffer.bar(share, in: bar, style: context.style(.accent), glyphs: context.glyphs)
        buffer.put(text, in: line, align: .trailing, style: context.style(.text))
    }

    private func ratio(_ ratio: Double, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let (text, sentence) = (SpeedUpPanel.figure(ratio), SpeedUpPanel.sentence(ratio))
        let style = context.style(ratio >= 1 ? Theme.Series.hsr : .naive, .bold)
        if let big = BigText.fitting(text, width: rect.width, height: rect.height, glyphs: context.glyphs.level) {
            let height = big.height(context.glyphs.level)
            let top = rect.y + (rect.height - height) / 2
            big.draw(
                into: &buffer, x: rect.x + (rect.width - big.width) / 2, y: top, style: style, glyphs: context.glyphs)
            guard top - 2 >= rect.y else { return }
            buffer.put(sentence, in: rect, row: top - 2 - rect.y, align: .centre, style: context.style(.muted))
        } else {
            buffer.put("\(sentence) \(text)", in: rect, style: style)
        }
    }

    private func put(
        _ text: String, _ row: Int, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        buffer.put(text, in: rect, row: row, style: context.style(.muted), ellipsis: context.glyphs.ellipsis)
    }
}
