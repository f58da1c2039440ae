import Screen

//  ┌ keys × steps ──────────────────────────────────────────── ring ┐
//  │          ▂▅▇▂          ▃▇▅         mass by position            │
//  │   1 284▸ ░░▓▓          ▓▓▓▓        ▌ 1 146   count by step     │
//  │          ░░▓▓          ▓▓▓▓        ▌ 1 120                     │
//  │          0      16k      32k                                   │
//  │  under the cursor: step, keys, counts, weights, words          │
//  └─────────────────────────────────────────────── none ░▒▓ 12 % ──┘

/// Where the parts of the Heatmap view stand inside its frame: drawing and the mouse agree on it.
struct HeatmapLayout {
    let mass, margin, picture, counts, cursor: Rect

    init(inside rect: Rect) {
        let side = rect.width >= 60 ? 7 : 0
        let right = rect.width >= 70 ? 13 : 0
        let top = rect.height >= 24 ? 3 : 2
        let below = rect.height >= 24 ? 3 : 2
        picture = rect.inset(left: side, top: top, right: right, bottom: 1 + below)
        mass = Rect(x: picture.x, y: rect.y, width: picture.width, height: top)
        margin = Rect(x: rect.x, y: picture.y, width: side, height: picture.height)
        counts = Rect(x: picture.right + 1, y: picture.y, width: max(0, right - 1), height: picture.height)
        cursor = Rect(x: rect.x, y: rect.bottom - below, width: rect.width, height: below)
    }

    /// On the screen of a state: the view's one panel fills its area.
    init(_ state: DashboardState) {
        let view = ScreenAreas(state).view
        self.init(inside: view.inset(left: 2, top: 1, right: 2, bottom: 1))
    }
}
