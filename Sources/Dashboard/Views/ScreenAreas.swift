import Screen

/// How a screen is divided, whatever the view: header, view, the caption of a demo, parameters, footer.
struct ScreenAreas {
    let header, view, caption, parameters, footer: Rect

    init(width: Int, height: Int, hasCaption: Bool = false) {
        // Two bare lines of parameters on a small screen, a framed panel on a larger one.
        let strip = height >= 34 ? 5 : 2
        let rows = Rect(x: 0, y: 0, width: width, height: height)
            .rows([
                .fixed(1), .share(1), .fixed(hasCaption ? CaptionBand.height(of: height) : 0), .fixed(strip), .fixed(1),
            ])
        (header, view, caption) = (rows[0], rows[1], rows[2])
        (parameters, footer) = (rows[3], rows[4])
    }

    init(_ state: DashboardState) {
        self.init(width: state.width, height: state.height, hasCaption: state.demo != nil)
    }

    /// What a click at a place of the screen means.
    enum Target {
        /// An entry of the footer: one key, or several of a kind.
        case keys([Binding])
        case action(Action)
        case parameter(Parameter)
        case panel(Int)
    }

    /// What stands at a place of the screen, where nothing lies over the view; nil where a click means nothing.
    static func target(atX x: Int, y: Int, _ state: DashboardState) -> Target? {
        let areas = ScreenAreas(state)
        if areas.footer.contains(x: x, y: y) {
            if let player = state.demo {
                return ChapterLine.action(atX: x, y: y, in: areas.footer, player: player, state).map(Target.action)
            }
            return Footer.places(in: areas.footer).first { $0.rect.contains(x: x, y: y) }.map { .keys($0.bindings) }
        }
        let slots = ParametersPanel.slots(in: ParametersPanel.inside(areas.parameters), settings: state.settings)
        if let slot = slots.first(where: { $0.rect.contains(x: x, y: y) }) { return .parameter(slot.parameter) }
        return panel(atX: x, y: y, state).map(Target.panel)
    }

    /// The panel at a place of the screen, by its number in the view; nil where there is none.
    static func panel(atX x: Int, y: Int, _ state: DashboardState) -> Int? {
        guard !state.isExpanded else { return nil }
        let places = state.view.view.layout(in: ScreenAreas(state).view, traits: LayoutTraits(state))
        return places.first { $0.rect.contains(x: x, y: y) }?.panel
    }
}
