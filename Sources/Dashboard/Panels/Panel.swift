import Foundation
import Screen
import Simulation

/// A part of a view: draws itself into a rectangle and knows nothing of the terminal or of other panels.
protocol Panel: Sendable {
    /// Its name, in its frame and when it takes the focus.
    var title: String { get }
    /// What its frame says: its name, unless what it shows makes another true.
    func heading(_ context: RenderContext) -> String
    /// What stands at the right of its frame: a unit, a scope.
    func note(_ context: RenderContext) -> String
    /// Whether the note is more than a remark.
    func noteRole(_ context: RenderContext) -> Theme.Role
    /// The numbers in it that a demo's caption can name.
    var figures: [Figure] { get }
    /// Draws inside its frame.
    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext)
}

extension Panel {
    func heading(_ context: RenderContext) -> String { title }
    func note(_ context: RenderContext) -> String { "" }
    func noteRole(_ context: RenderContext) -> Theme.Role { .muted }
    var figures: [Figure] { [] }
}

/// All that a panel draws from.
struct RenderContext {
    let state: DashboardState
    let snapshot: Snapshot
    let theme: Theme
    let glyphs: GlyphSet
    let depth: ColourDepth
    /// Remembers what is slow to make and does not change: never what is shown.
    let cache: RenderCache

    init(_ state: DashboardState, cache: RenderCache) {
        self.state = state
        snapshot = state.shown
        theme = state.theme.adapted(to: state.depth)
        glyphs = .of(state.glyphs)
        depth = state.depth
        self.cache = cache
    }

    /// The step that the view is about: the one that its panels look at, or the newest.
    var record: StepRecord? {
        let newest = snapshot.history.last
        let looks = snapshot.looks(state.view.wants(in: state).details)
        guard let look = looks.first, let step = look, step != newest?.step else { return newest }
        return snapshot.history.suffix(1024).last { $0.step == step } ?? newest
    }

    func style(_ role: Theme.Role, _ attributes: Style.Attributes = []) -> Style { theme.style(role, attributes) }
    func style(_ series: Theme.Series, _ attributes: Style.Attributes = []) -> Style { theme.style(series, attributes) }

    /// The palette of a ramp for pictures made of pixels, of colours that were chosen by hand where the theme has some.
    func palette(_ name: Theme.RampName, levels: Int) -> Palette {
        let chosen = theme.levels(of: name, depth: depth)
        return cache.palette(
            .init(ramp: chosen ?? theme[name], levels: levels, depth: depth, glyphs: glyphs.level)
        ) {
            let ramp = Ramp(theme[name]) ?? .grey
            if let chosen {
                return Palette(
                    ramp.matched(by: chosen, count: levels).map { ($0, glyphs.full) }, depth: depth,
                    glyphs: glyphs.level, background: theme[.background])
            }
            return Palette(
                ramp: ramp, levels: levels, depth: depth, glyphs: glyphs.level, background: theme[.background])
        }
    }
}

extension Panel {
    /// Draws the frame and what is in it.
    func draw(into buffer: inout Buffer, rect: Rect, context: RenderContext, isFocused: Bool) {
        let border = context.style(isFocused ? .focus : .border)
        let heading = heading(context)
        buffer.frame(
            rect, style: border, title: heading, titleStyle: context.style(isFocused ? .accent : .text, .bold),
            trailing: fittingNote(beside: heading, width: rect.width, context),
            trailingStyle: context.style(noteRole(context)),
            glyphs: context.glyphs)
        let inside = rect.inset(left: 2, top: 1, right: 2, bottom: 1)
        guard !inside.isEmpty else { return }
        render(into: &buffer, rect: inside, context: context)
    }

    /// The note, or the last of its parts, between commas, that fit beside the title.
    private func fittingNote(beside title: String, width: Int, _ context: RenderContext) -> String {
        var parts = note(context).components(separatedBy: ", ")
        while parts.count > 1, DisplayWidth.of(parts.joined(separator: ", ")) + title.count + 9 > width {
            parts.removeFirst()
        }
        return parts.joined(separator: ", ")
    }
}

extension Ramp {
    /// `count` of the colours that were chosen for a small palette, each as light as this ramp is at its place: the first for
    /// nothing alone, the last for the most.
    fileprivate func matched(by chosen: [Colour], count: Int) -> [Colour] {
        guard let first = chosen.first, let last = chosen.last, count > 2 else { return chosen }
        let lit = chosen.dropFirst().compactMap { colour in Oklab(colour).map { (colour, $0.lightness) } }
        let between = (1..<count - 1).map { level in
            let wanted = Oklab(colour(at: Double(level) / Double(count - 1)))?.lightness ?? 0
            return lit.min { abs($0.1 - wanted) < abs($1.1 - wanted) }?.0 ?? last
        }
        return [first] + between + [last]
    }
}
