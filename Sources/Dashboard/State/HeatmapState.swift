import Simulation

/// How the heatmap is looked at.
public struct HeatmapState: Sendable, Equatable {
    /// The stretch of keys shown; nil for all.
    public var window: Range<Int>?
    /// The cell under the cursor: column, and pixel row from the top; nil until it is moved.
    public var cursor: Cursor?
    /// New rows push the old up, rather than overwrite them in a ring.
    public var scrolls = false
    /// What a bin's light means.
    public var scale = Scale.share
    /// Columns in the index's own order, in which a half-space is a few runs.
    public var followsIndex = false
    /// The columns' way from one order to the other, while they are on it.
    public var glide: Glide?
    /// When the order was changed last.
    var orderAskedAt = 0.0

    public init() {}

    /// Every entry counts in each of them: bins are sums or maxima, never samples.
    public enum Scale: CaseIterable, Sendable {
        /// The share of the bin's keys that are activated, absolute: half of the keys look like half.
        case share
        /// The bin's attention over what it would have if attention were even: dark where a set is thin.
        case density
        /// Its largest weight, by one scale for all rows.
        case largest
        /// Its largest weight, each row by its own.
        case largestInRow

        var title: String {
            switch self {
            case .share: "share of the keys activated"
            case .density: "share of attention, common scale"
            case .largest: "largest weight, common scale"
            case .largestInRow: "largest weight, scale per row"
            }
        }
    }

    /// Columns under way between positions and ranks.
    public struct Glide: Sendable, Equatable {
        /// When the order was there to go by; nil while it is waited for.
        public var began: Double?
        /// From 0, at the positions, to 1, at the ranks of the index.
        public var progress = 0.0

        static let seconds = 1.0
        /// How long an order is waited for, of an index that may keep none.
        static let patience = 3.0
    }

    /// How far the columns are from positions (0) to the index's order (1).
    var orderProgress: Double { glide?.progress ?? (followsIndex ? 1 : 0) }

    public struct Cursor: Sendable, Equatable {
        public var column, row: Int

        public init(column: Int, row: Int) {
            self.column = column
            self.row = row
        }
    }

    /// The axis of a picture so many columns wide.
    func axis(of snapshot: Snapshot, columns: Int) -> KeyAxis {
        let whole = KeyAxis.whole(of: snapshot, columns: columns)
        guard let window else { return whole }
        let span = min(window.count, whole.upper)
        let lower = max(0, min(window.lowerBound, whole.upper - span))
        return KeyAxis(lower: lower, upper: lower + span, columns: columns)
    }

    /// Halves or doubles the stretch of keys around a column; down to one key a column, up to all.
    mutating func zoom(in isIn: Bool, around column: Int, axis: KeyAxis, whole: KeyAxis) {
        let span = isIn ? max(axis.columns, axis.span / 2) : min(whole.upper, axis.span * 2)
        guard span < whole.upper else {
            window = nil
            return
        }
        // The key under the cursor stays under it.
        let anchor = axis.positions(of: column).lowerBound
        let lower = anchor - column * span / max(1, axis.columns)
        let held = max(0, min(lower, whole.upper - span))
        window = held..<held + span
    }

    /// Moves the window by a number of columns.
    mutating func pan(by columns: Int, axis: KeyAxis, whole: KeyAxis) {
        guard window != nil else { return }
        let lower = axis.lower + columns * max(1, axis.span / max(1, axis.columns))
        let held = max(0, min(lower, whole.upper - axis.span))
        window = held..<held + axis.span
    }
}
