import Foundation
import Measurement
import Screen
import Simulation

/// How many entries were activated, beside the paper's n^{4/5} and 2n^{4/5} and beside all keys; and the error.
struct EntriesPanel: Panel {
    let title = "entries"

    func note(_ context: RenderContext) -> String { "of \(Format.grouped(context.snapshot.n)) keys" }

    private struct Line {
        var name: String
        var count: Double
        var series: Theme.Series
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let counts = StepCounts(context.snapshot)
        let n = Double(max(1, context.snapshot.n))
        let power = pow(n, 0.8)
        var lines = [Line(name: "reported", count: counts.reported, series: .reported)]
        // What there is no room for is the least telling; all keys stand in the frame as well.
        if let predicted = counts.predicted { lines.append(Line(name: "predicted", count: predicted, series: .bound)) }
        lines.append(Line(name: "tested", count: counts.tested, series: .tested))
        lines += [
            Line(name: "n^0.8", count: power, series: .bound), Line(name: "2n^0.8", count: 2 * power, series: .bound),
            Line(name: "n", count: n, series: .pruned),
        ]
        // On a large panel the bars are thick, with a row between them.
        let tall = max(1, min(6, (rect.height - 1) / lines.count))
        for (i, line) in lines.prefix(max(1, rect.height - 1)).enumerated() {
            let place = rect.row(i * tall)
            let figure = Format.grouped(Int(held: line.count.rounded()))
            let share = rect.width >= 40 ? Format.percent(min(1, line.count / n)) : ""
            let room = share.isEmpty ? 10 : 18
            buffer.put(line.name, in: place, style: context.style(i == 0 ? .text : .muted, i == 0 ? .bold : []))
            for row in 0..<max(1, tall - 1) {
                buffer.bar(
                    line.count / n, in: rect.row(i * tall + row).inset(left: 10, right: room),
                    style: context.style(line.series), glyphs: context.glyphs)
            }
            buffer.put(
                figure, in: place.inset(right: room - 10), align: .trailing,
                style: context.style(.text, i == 0 ? .bold : []))
            buffer.put(share, in: place, align: .trailing, style: context.style(.muted))
        }
        guard rect.height >= 2 else { return }
        verdict(in: rect.row(rect.height - 1), into: &buffer, context)
    }

    /// The error, and what the definition says of the set.
    private func verdict(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let recent = context.snapshot.recentSteps(64)
        guard let error = recent.compactMap(\.maxAbsError).max() else {
            buffer.put("error not measured yet", in: line, style: context.style(.muted))
            return
        }
        let checked = recent.filter { $0.missed != nil }
        let wrong = checked.reduce(0) { $0 + ($1.missed ?? 0) + ($1.extra ?? 0) }
        let grade = ErrorGrade(recent)
        let role = wrong > 0 ? .error : grade.role
        var text = error == 0 ? "error 0" : "error ≤ \(Text.error(error))"
        if !checked.isEmpty {
            text += wrong == 0 ? "  same set" : "  \(wrong) keys missed or extra"
        }
        if wrong == 0, fits(text + "  " + grade.words, line) { text += "  " + grade.words }
        let every = context.snapshot.refereeEvery
        if every > 1 && fits(text + "  every \(every)th step", line) { text += "  every \(every)th step" }
        buffer.put(text, in: line, style: context.style(role, .bold))
    }

    private func fits(_ text: String, _ line: Rect) -> Bool { text.count <= line.width }
}

/// Medians of the newest counts, so that they can be read; of a stream that stands, the counts of its last step.
struct StepCounts {
    var reported = 0.0
    var tested = 0.0
    var predicted: Double?
    var work = (visited: 0.0, pruned: 0.0, whole: 0.0)
    var rule = 0.0

    init(_ snapshot: Snapshot) {
        let recent = snapshot.recentSteps(snapshot.isPaused ? 1 : 16)
        func median(_ value: (StepRecord) -> Double) -> Double { Samples(recent.map(value)).middle ?? 0 }
        reported = median { Double($0.reported) }
        tested = median { Double($0.work.candidates) }
        work = (
            median { Double($0.work.visited) }, median { Double($0.work.pruned) }, median { Double($0.work.whole) }
        )
        rule = median(\.ruleSeconds)
        predicted = Samples(recent.compactMap(\.predicted)).middle
    }
}
