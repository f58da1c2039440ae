import Attention
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
            buffer.put(paragraphs: Self.introduction, in: rect, gap: 1, style: context.style(.muted))
            return
        }
        if case .failed(let sentence) = frame.phase {
            for (row, line) in sentence.wrapped(to: rect.width).enumerated() {
                buffer.put(line, in: rect, row: row, style: context.style(.error))
            }
            return
        }
        progress(frame, in: rect.row(0), into: &buffer, context)
        let lines = lines(frame, context)
        for (row, line) in lines.enumerated() {
            buffer.put(line.0, in: rect, row: row + 2, style: context.style(.muted))
            buffer.put(line.1, in: rect, row: row + 2, align: .trailing, style: line.2)
        }
        // The whole reason or none of it.
        let reason = (frame.reason ?? "").wrapped(to: rect.width)
        let words = reason.count <= (rect.height >= 20 ? 4 : 2) ? reason : []
        for (row, line) in words.enumerated() {
            buffer.put(line, in: rect, row: lines.count + 2 + row, style: context.style(.muted))
        }
        let rest = rect.inset(top: lines.count + words.count + 3)
        if Self.isDense(frame) {
            buffer.put(
                paragraphs: ["No index pays here: both read every key, and their times differ by chance."], in: rest,
                gap: 0, style: context.style(.text))
        } else if let naive = frame.naiveSeconds, naive > 0, frame.hsrSeconds > 0, context.state.prefillTold == nil {
            // The one ratio of the view, once both have been told.
            ratio(naive / frame.hsrSeconds, in: rest, into: &buffer, context)
        }
    }

    private static let introduction = [
        "Attention for all queries of the prompt at once.",
        "The index is built inside the call, with Part 1; then every query reports its keys, weighs them and sums their values.",
        "Naive computes the same rows afterwards.",
    ]

    /// Whether Algorithm 2 was answered by dense blocks, since nothing was faster.
    static func isDense(_ frame: PrefillFrame) -> Bool { frame.method == PrefillMethod.dense.rawValue }

    /// What is known so far.
    private func lines(_ frame: PrefillFrame, _ context: RenderContext) -> [(String, String, Style)] {
        let isRunning = frame.phase == .building || frame.phase == .running
        if let told = context.state.prefillTold { return clocks(told, context) }
        var lines: [(String, String, Style)] = []
        if frame.hsrSeconds > 0 {
            lines.append(("HSR", "\(Text.duration(frame.hsrSeconds)) measured", context.style(.hsr, .bold)))
        }
        if frame.initSeconds > 0 {
            lines.append(("of it init", Text.duration(frame.initSeconds), context.style(.text)))
        }
        let left = frame.hsrSeconds / Double(max(1, frame.done)) * Double(frame.queries - frame.done)
        if isRunning, frame.naiveSeconds == nil, frame.done > 0, left >= 1 {
            lines.append(("to go", "\(Text.span(left)) estimated", context.style(.text)))
        }
        if let naive = frame.naiveSeconds {
            let measured = frame.naiveIsEstimated ? "estimated" : "measured"
            lines.append(("naive", "\(Text.duration(naive)) \(measured)", context.style(.naive, .bold)))
        } else if isRunning {
            let state = frame.method == nil ? "after HSR" : "running"
            lines.append(("naive", state, context.style(.naive)))
        }
        let seen = Double(frame.done) * Double(frame.keys) * (frame.isCausal ? 0.5 : 1)
        if seen > 0, frame.reported > 0 {
            let share = Format.percent(min(1, Double(frame.reported) / seen))
            lines.append(("reported", "\(share) of the entries", context.style(.reported)))
        }
        if let error = frame.maxAbsError { lines.append(("largest error", Text.error(error), context.style(.text))) }
        if let method = frame.method { lines.append(("method", method, context.style(.text))) }
        return lines
    }

    /// Both clocks of a prefill that is told, one after the other as they were measured.
    private func clocks(_ told: PrefillTelling, _ context: RenderContext) -> [(String, String, Style)] {
        let progress = told.progress(at: context.state.now)
        func clock(_ share: Double, _ seconds: Double) -> String {
            share < 1
                ? "\(Text.duration(share * seconds)) of \(Text.duration(seconds))"
                : "\(Text.duration(seconds)) measured"
        }
        return [
            ("HSR", clock(progress.hsr, told.hsr), context.style(.hsr, .bold)),
            (
                "naive", progress.hsr < 1 ? "after HSR" : clock(progress.naive, told.naive),
                context.style(.naive, .bold)
            ), ("told", "\(Text.short(told.stretch))\(context.glyphs.cross) slower", context.style(.text)),
        ]
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
        let verdict = RaceVerdict.measured(ratio)
        let (text, sentence) = (verdict.figure, verdict.sentence)
        let style = context.style(verdict.series ?? .hsr, .bold)
        // Digits without their sentence say nothing.
        if let big = BigText.fitting(text, width: rect.width, height: rect.height - 1, glyphs: context.glyphs.level) {
            let height = big.height(context.glyphs.level)
            // The sentence above the digits, with a row between where there is one.
            let above = min(2, rect.height - height)
            let top = (rect.height - height - above) / 2 + above
            big.draw(
                into: &buffer, x: rect.x + (rect.width - big.width) / 2, y: rect.y + top, style: style,
                glyphs: context.glyphs)
            buffer.put(sentence, in: rect, row: top - above, align: .centre, style: context.style(.muted))
        } else {
            buffer.put("\(sentence) \(text)", in: rect, style: style)
        }
    }
}
