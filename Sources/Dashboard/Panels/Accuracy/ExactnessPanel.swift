import Measurement
import Screen
import Simulation

/// What is exact and what is not: the set against the definition, and the outputs against the float64 referee.
struct ExactnessPanel: Panel {
    let title = "exactness"
    /// Steps that are looked back on.
    static let window = 1024

    func note(_ context: RenderContext) -> String { Text.name(of: context.snapshot.settings.activation) }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let records = context.snapshot.recentSteps(Self.window)
        guard let last = records.last else { return }
        let isExact = context.snapshot.settings.activation != .softmax
        let checked = records.filter { $0.missed != nil }
        let wrong = checked.reduce(0) { $0 + ($1.missed ?? 0) + ($1.extra ?? 0) }
        let errors = records.compactMap(\.maxAbsError)
        // Bounds stand beside errors: of the same steps.
        let judged = records.filter { $0.maxAbsError != nil }
        let grade = ErrorGrade(records)
        let relative = records.compactMap(\.relativeError).max()
        var lines: [(String, String, Style)] = [
            (
                "",
                verdict(wrong: wrong, grade, isExact: isExact, width: rect.width),
                context.style(wrong > 0 ? .error : grade.role, .bold)
            ),
            ("missed, extra", "\(wrong) in \(Format.grouped(checked.count)) checks", context.style(.text)),
            ("largest error", errors.max().map(Text.error) ?? "–", context.style(.text, .bold)),
        ]
        if let relative {
            lines.append(("relative, largest", Text.error(relative), context.style(.text)))
        }
        if !isExact {
            lines.append(
                (
                    "2(1\u{2212}p)\u{2016}V\u{2016}, largest",
                    judged.compactMap(\.massBound).max().map(Text.error) ?? "–",
                    context.style(.tested)
                ))
            lines.append(
                (
                    "certificate, largest", judged.compactMap(\.certificate).max().map(Text.error) ?? "–",
                    context.style(.bound)
                ))
        }
        let every = context.snapshot.refereeEvery
        lines.append(
            ("against float64", every > 1 ? "every \(every)th step" : "every step", context.style(.muted)))
        if let naive = records.compactMap(\.naiveAbsError).max() {
            lines.append(("naive's, largest", Text.error(naive), context.style(.naive)))
        }
        // What rounding to float32 took from the inputs, no arithmetic gives back.
        if let resolution = records.compactMap(\.scoreResolution).max() {
            lines.append(("scores known to", "± \(Text.error(resolution))", context.style(.muted)))
        }
        lines.append(("reported", Format.grouped(last.reported), context.style(.reported)))
        if let predicted = last.predicted {
            lines.append(("predicted", Format.grouped(Int(held: predicted.rounded())), context.style(.muted)))
        }
        for (row, line) in lines.prefix(rect.height).enumerated() {
            buffer.put(line.0, in: rect, row: row, style: context.style(.muted))
            buffer.put(line.1, in: rect, row: row, align: line.0.isEmpty ? .leading : .trailing, style: line.2)
        }
        large(wrong, of: checked.count, in: rect.inset(top: lines.count + 1), into: &buffer, context)
    }

    /// On a large panel, so that the back row can read it.
    private func large(
        _ wrong: Int, of checks: Int, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        guard rect.height >= 12, checks > 0 else { return }
        let place = rect.inset(top: 2)
        let level = context.glyphs.level
        guard
            let big = BigText.fitting(String(wrong), width: place.width, height: min(20, place.height), glyphs: level)
        else { return }
        let style = context.style(wrong > 0 ? Theme.Role.error : .good, .bold)
        buffer.put(
            "keys missed or extra in \(Format.grouped(checks)) queries checked against the definition", in: rect,
            align: .centre, style: context.style(.text, .bold), ellipsis: context.glyphs.ellipsis)
        big.draw(
            into: &buffer, x: place.x + (place.width - big.width) / 2,
            y: place.y + (place.height - big.height(level)) / 2, style: style, glyphs: context.glyphs)
    }

    /// Where there is no room for both, what misses of the output goes before what does not of the set.
    private func verdict(wrong: Int, _ grade: ErrorGrade, isExact: Bool, width: Int) -> String {
        guard wrong == 0 else { return "the set differs" }
        guard grade != .exact || !isExact else { return "exact" }
        let output = "output \(grade.words)"
        return output.count + 11 <= width ? "exact set; \(output)" : output
    }
}
