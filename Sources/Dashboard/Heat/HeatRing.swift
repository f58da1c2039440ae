import Simulation

/// Which of the newest rows stands where in a picture of fixed height.
struct HeatRing {
    struct Place {
        var row: HeatRow
        /// Pixel row, 0 at the top.
        var slot: Int
    }

    /// Oldest first.
    let rows: [Place]

    /// As a ring, row i of the stream stands in slot i mod height: the newest overwrites the oldest and only one row
    /// changes; the slot after the newest stays dark, as its seam. Scrolling, the newest stands at the bottom.
    init(_ heat: History<HeatRow>, rows height: Int, scrolls: Bool) {
        let height = max(1, height)
        let shown = heat.suffix(scrolls ? height : max(1, height - 1))
        let first = heat.appended - shown.count
        rows = shown.enumerated().map { offset, row in
            Place(row: row, slot: scrolls ? height - shown.count + offset : (first + offset) % height)
        }
    }
}
