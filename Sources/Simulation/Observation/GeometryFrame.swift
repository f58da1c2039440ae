/// The keys seen along a query: across, their length along q; up, along the widest direction orthogonal to it.
public struct GeometryFrame: Sendable {
    /// What became of a key, in the order of the layers of ``counts``.
    public enum Fate: Int, CaseIterable, Sendable {
        case pruned, tested, reported, whole
    }

    /// Counted up from look to look: equal numbers, equal frames.
    public var number = 0
    /// The decode step, and the keys projected.
    public var step: Int
    public var n: Int
    /// Square bins, row 0 the lowest; `counts[fate][row * columns + column]`.
    public var columns: Int
    public var rows: Int
    public var counts: [[UInt16]]
    /// The key units that a bin's side spans, and the coordinates of the grid's middle: the mean key. Both stand still
    /// from query to query, so that only the keys and the line move.
    public var unit: Double
    public var middle: (x: Double, y: Double)
    /// Where the half-space begins across: b√d/‖q‖ in key units; not finite for a zero query.
    public var line: Double
    /// Keys of each fate, parallel to ``Fate/allCases``, and those of them too far out for the grid.
    public var totals: [Int]
    public var outside = 0
    /// The score that a key unit across is worth: ‖q‖/√d.
    public var scorePerUnit = 1.0
    /// The last queries as directions in the same plane, oldest first, each within the unit disc.
    public var trail: [(x: Double, y: Double)]
    /// Whether fates were asked of the index; otherwise every key not reported counts as tested.
    public var knowsFates: Bool
    /// The cells of the index that ended the query's descent, at d = 2; empty where the index has none.
    public var cells: [Cell] = []

    /// A cell of the index in the plane of the picture.
    public struct Cell: Sendable, Equatable {
        public enum Fate: Sendable { case pruned, crossing, whole }

        public var fate: Fate
        /// In order, in key units.
        public var corners: [SIMD2<Double>]

        public init(fate: Fate, corners: [SIMD2<Double>]) {
            self.fate = fate
            self.corners = corners
        }
    }

    public init(
        step: Int, n: Int, columns: Int, rows: Int, counts: [[UInt16]], unit: Double, middle: (x: Double, y: Double),
        line: Double, totals: [Int], trail: [(x: Double, y: Double)], knowsFates: Bool
    ) {
        self.step = step
        self.n = n
        self.columns = columns
        self.rows = rows
        self.counts = counts
        self.unit = unit
        self.middle = middle
        self.line = line
        self.totals = totals
        self.trail = trail
        self.knowsFates = knowsFates
    }
}
