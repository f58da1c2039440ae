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
}
