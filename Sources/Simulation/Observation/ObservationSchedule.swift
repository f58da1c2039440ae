/// When the next look at a step is due: often enough for the eye, seldom enough for the machine.
struct ObservationSchedule {
    /// What the views want.
    var details: Details = []
    /// Whether the index's order has to be read again.
    var orderIsStale = true
    private var orderMerges = 0
    /// When each detail's turn comes again.
    private var next: [Int: Double] = [:]

    /// Seconds between two looks.
    private static let intervals: [(Details, Double)] = [
        (.geometry, 0.1), (.accuracy, 0.5), (.levels, 0.1), (.order, 2),
    ]
    /// Radians that a picture at d = 3 turns from look to look: half a minute for a whole turn.
    static let turn = 0.02

    func due(at now: Double, merges: Int) -> Details {
        var due: Details = []
        for (detail, _) in Self.intervals
        where details.contains(detail) && now >= next[detail.rawValue, default: -.infinity] {
            due.insert(detail)
        }
        if !orderIsStale && merges == orderMerges { due.remove(.order) }
        return due
    }

    mutating func note(_ looked: Details, at now: Double, merges: Int = 0) {
        for (detail, interval) in Self.intervals where looked.contains(detail) {
            next[detail.rawValue] = now + interval
        }
        if looked.contains(.order) {
            orderIsStale = false
            orderMerges = merges
        }
    }
}
