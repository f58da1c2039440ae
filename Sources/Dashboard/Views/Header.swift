import Screen
import Simulation

/// The top line: the program, the view, what runs, and loud badges where something stands still.
struct Header {
    func draw(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        let state = context.state
        let snapshot = context.snapshot
        // Between eight colours there is none that every word is read on.
        let paper = context.theme[.background]
        let ground = context.depth >= .palette256 ? paper.mixed(with: context.theme[.border], 0.55) : paper
        buffer.fill(rect, with: Cell(.space, context.style(.text).on(ground)))

        var right = rect.right - 1
        func putRight(_ text: String, _ style: Style) {
            right -= text.count
            buffer.put(text, x: right, y: rect.y, style: style, clip: rect)
            right -= 1
        }
        let badge = Style(context.theme[.background], on: context.theme[.badge], [.bold, .reverse])
        // Reversed by hand where there is colour, by the terminal where there is none.
        let loud = context.depth == .none ? badge : Style(badge.foreground, on: badge.background, .bold)
        if state.demo?.isLive == true { putRight(" LIVE ", loud) }
        if state.isPaused { putRight(" \(context.glyphs.pause) PAUSED ", loud) }
        if state.isFrozen { putRight(" FROZEN ", loud) }
        putRight("step \(Format.grouped(snapshot.step))", context.style(.text).on(ground))
        if !state.isPaused {
            let speed = snapshot.stepsPerSecond
            let rate = speed > 0 ? Text.short(speed < 10 ? (speed * 10).rounded() / 10 : speed.rounded()) : "–"
            putRight("\(context.glyphs.play) \(rate) steps/s ", context.style(.muted).on(ground))
        }

        var x = buffer.put("HALFSPACE", x: rect.x + 1, y: rect.y, style: context.style(.accent, .bold).on(ground)) + 2
        x = buffer.put(state.view.title, x: x, y: rect.y, style: context.style(.text, .bold).on(ground)) + 2
        for forms in words(context) {
            guard let word = forms.first(where: { x + $0.count + 1 < right }) else { break }
            x = buffer.put(word, x: x, y: rect.y, style: context.style(.muted).on(ground)) + 2
        }
    }

    /// What runs, the most important first; of each the form that fits.
    private func words(_ context: RenderContext) -> [[String]] {
        let snapshot = context.snapshot
        let settings = snapshot.settings
        let size = [["n \(Format.grouped(snapshot.n))"], ["d \(snapshot.d)"]]
        let b = context.record.map { [Self.threshold($0), "b \(Format.significant($0.threshold))"] }
        // Where the plane moves, b goes before the names.
        let isGeometry = context.state.view == .geometry
        var words = isGeometry ? size + (b.map { [$0] } ?? []) : []
        words.append([settings.workload.rawValue])
        if !isGeometry { words += size }
        if settings.store != .float32 { words.append([settings.store.title]) }
        words.append([Text.name(of: settings.activation)])
        if let caption = snapshot.caption { words.append([caption]) }
        if !isGeometry, let b { words.append(b) }
        if let kind = snapshot.statistics?.kind {
            words.append([settings.index == .auto ? "auto → \(kind.rawValue)" : kind.rawValue])
        }
        return words
    }

    /// "b 3.02 = μ + 2.11σ": so many standard deviations of the query's scores above their mean.
    static func threshold(_ record: StepRecord) -> String {
        let b = "b \(Format.significant(record.threshold))"
        guard let scores = record.scores, scores.deviation > 0 else { return b }
        let t = (record.threshold - scores.mean) / scores.deviation
        guard t.isFinite else { return b }
        return "\(b) = μ \(t < 0 ? "-" : "+") \(Format.fixed(abs(t), 2))σ"
    }
}
