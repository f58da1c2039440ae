/// When the next look at a step is due: often enough for the eye, seldom enough for the machine.
struct ObservationSchedule {
    /// What the views want.
    var details: Details = []
    /// Whether the stream keeps a pace and leaves the machine time.
    var isPaced = true
    /// Whether the index's order has to be read again.
    var orderIsStale = true
    private var orderMerges = 0
    /// When each detail's turn comes again.
    private var next: [Int: Double] = [:]

    /// Seconds between two looks.
    private static let intervals: [(Details, Double)] = [
        (.geometry, 0.1), (.accuracy, 0.5), (.levels, 0.1), (.order, 2),
    ]
    /// Of the engine's time, what one detail's looks may take; and of a core's, what those of the observer's thread may,
    /// which shares caches, memory and often a core with the engine's.
    private var engineShare: Double { isPaced ? 0.05 : 0.005 }
    private var observerShare: Double { isPaced ? 0.25 : 0.02 }
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

    /// A look on a thread of its own has ended: where it took long, the next waits, since it takes memory's time as well.
    mutating func noteEnd(of looked: Details, at now: Double, took seconds: Double) {
        for (detail, interval) in Self.intervals where looked.contains(detail) {
            let pause = now - seconds + max(interval, seconds / observerShare)
            next[detail.rawValue] = max(next[detail.rawValue, default: pause], pause)
        }
    }

    /// What was looked at, and what of the engine's thread it took: a costly look comes seldom enough to leave the stream
    /// nearly all of its time.
    mutating func note(_ looked: Details, at now: Double, took seconds: Double = 0, merges: Int = 0) {
        for (detail, interval) in Self.intervals where looked.contains(detail) {
            next[detail.rawValue] = now + seconds + max(interval, seconds / engineShare)
        }
        if looked.contains(.order) {
            orderIsStale = false
            orderMerges = merges
        }
    }
}
