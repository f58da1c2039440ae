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
        for word in words(context) {
            guard x + word.count + 1 < right else { break }
            x = buffer.put(word, x: x, y: rect.y, style: context.style(.muted).on(ground)) + 2
        }
    }

    /// What runs, the most important first.
    private func words(_ context: RenderContext) -> [String] {
        let snapshot = context.snapshot
        let settings = snapshot.settings
        var words = [
            settings.workload.rawValue, "n \(Format.grouped(snapshot.n))", "d \(snapshot.d)",
            Text.name(of: settings.activation),
        ]
        if settings.store != .float32 { words.insert(settings.store.title, at: 3) }
        if let caption = snapshot.caption { words.append(caption) }
        if let last = context.record { words.append("b \(Format.significant(last.threshold))") }
        if let kind = snapshot.statistics?.kind {
            words.append(settings.index == .auto ? "auto → \(kind.rawValue)" : kind.rawValue)
        }
        return words
    }
}
