import Screen
import Simulation

/// Draws a state: the header, the view, the parameters, the footer, and what lies over them.
public final class Renderer {
    private let cache = RenderCache()

    public init() {}

    /// The least that the screen needs, in cells.
    public static let least = (width: 80, height: 24)

    /// The picture of a state; the same state gives the same picture.
    public func render(_ state: DashboardState) -> Buffer {
        let context = RenderContext(state, cache: cache)
        var buffer = Buffer(width: state.width, height: state.height, fill: Cell(.space, context.style(.text)))
        buffer.isPlain = state.glyphs == .ascii
        guard state.width >= Self.least.width, state.height >= Self.least.height else {
            drawTooSmall(into: &buffer, context)
            return buffer
        }
        if state.demo?.isDark == true {
            let black = context.depth == .none ? Style.plain : Style(on: Colour(0x00_0000))
            return Buffer(width: state.width, height: state.height, fill: Cell(.space, black))
        }
        let areas = ScreenAreas(state)
        Header().draw(into: &buffer, rect: areas.header, context: context)
        drawView(in: areas.view, into: &buffer, context)
        drawParameters(in: areas.parameters, into: &buffer, context)
        if let player = state.demo {
            CaptionBand().draw(into: &buffer, rect: areas.caption, player: player, context: context)
            ChapterLine().draw(into: &buffer, rect: areas.footer, player: player, context: context)
        } else {
            Footer().draw(into: &buffer, rect: areas.footer, context: context)
        }
        Overlays().draw(into: &buffer, area: areas.view, line: areas.footer, context: context)
        return buffer
    }

    private func drawView(in area: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let state = context.state
        let view = state.view.view
        let panels = view.panels
        if state.isExpanded, panels.indices.contains(state.focus) {
            panels[state.focus].draw(into: &buffer, rect: area, context: context, isFocused: true)
            MessageLine().draw(view.message(context), on: [area], into: &buffer, context)
            return
        }
        let places = view.layout(in: area, traits: LayoutTraits(state)).filter { !$0.rect.isEmpty }
        for place in places {
            let isFocused = place.panel == state.focus && panels.count > 1
            panels[place.panel].draw(into: &buffer, rect: place.rect, context: context, isFocused: isFocused)
        }
        MessageLine().draw(view.message(context), on: places.map(\.rect), into: &buffer, context)
        guard let highlight = Highlight.panel(state) else { return }
        for place in places where place.panel != highlight { Highlight().dim(place.rect, in: &buffer, context) }
    }

    private func drawParameters(in area: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let panel = ParametersPanel()
        if area.height >= 5 {
            panel.draw(into: &buffer, rect: area, context: context, isFocused: false)
        } else {
            panel.render(into: &buffer, rect: ParametersPanel.inside(area), context: context)
        }
    }

    private func drawTooSmall(into buffer: inout Buffer, _ context: RenderContext) {
        let lines = [
            "Halfspace needs \(Self.least.width) \(context.glyphs.cross) \(Self.least.height) cells",
            "and has \(buffer.width) \(context.glyphs.cross) \(buffer.height).", "Enlarge the window,", "or q quits.",
        ]
        let top = max(0, (buffer.height - lines.count) / 2)
        for (i, line) in lines.enumerated() {
            buffer.put(
                line, in: buffer.bounds, row: top + i, align: .centre, style: context.style(i == 0 ? .warn : .text))
        }
    }
}
