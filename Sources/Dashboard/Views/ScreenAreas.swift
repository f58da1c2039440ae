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

    /// The panel at a place of the screen, by its number in the view; nil where there is none.
    static func panel(atX x: Int, y: Int, _ state: DashboardState) -> Int? {
        guard !state.isExpanded else { return nil }
        let places = state.view.view.layout(in: ScreenAreas(state).view, traits: LayoutTraits(state))
        return places.first { $0.rect.contains(x: x, y: y) }?.panel
    }
}
