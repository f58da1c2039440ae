import Measurement
import Simulation

/// How much faster HSR was than naive, from the newest steps on which both were measured.
struct SpeedUp {
    /// Middles of the window, and naive's over HSR's.
    let ratio, hsr, naive: Double
    /// Steps that went in.
    let count: Int
    /// The keys that the middle step of them reported.
    let reported: Int
    /// How far naive's times lie apart, which do the same work at every step: the ninetieth percentile over the tenth, of
    /// the order in which they lie closer together.
    let waver: Double
    /// Whether most of them read everything as dense attention does.
    let isDense: Bool

    static let window = 64

    /// nil before the first measurement.
    ///
    /// The window ends at a multiple of eight steps and does not reach over a change of parameters: digits that the
    /// back row reads must neither flicker nor mix two settings.
    init?(_ snapshot: Snapshot) {
        let history = snapshot.history
        var pairs: [(hsr: Double, naive: Double)] = []
        var (reported, dense): ([Double], Int) = ([], 0)
        var skip = (history.last?.step ?? 0) % 8
        for i in stride(from: history.count - 1, through: 0, by: -1) {
            let record = history[i]
            if record.isOnTheWay { break }
            var isMarked = false
            if case .parameter = record.mark { isMarked = true }
            if skip > 0, i > 8, !isMarked {
                skip -= 1
                continue
            }
            skip = 0
            if let naive = record.naiveSeconds, record.hsrSeconds > 0 {
                pairs.append((record.hsrSeconds, naive))
                reported.append(Double(record.layer?.reportedByOne ?? record.reported))
                if record.isDense { dense += 1 }
            }
            if isMarked || pairs.count == Self.window { break }
        }
        guard let hsr = Self.middle(pairs.map(\.hsr)), let naive = Self.middle(pairs.map(\.naive)), hsr > 0 else {
            return nil
        }
        (self.hsr, self.naive, ratio, count) = (hsr, naive, naive / hsr, pairs.count)
        self.reported = Int(held: Samples(reported).middle ?? 0)
        isDense = 2 * dense > pairs.count
        waver = Self.waver(pairs.map(\.naive))
    }

    private static func waver(_ values: [Double]) -> Double {
        let halves = [0, 1].compactMap { half -> Double? in
            let spread = Samples(values.enumerated().filter { $0.offset % 2 == half }.map(\.element)).spread
            return spread.map { $0.low > 0 ? $0.high / $0.low : 1 }
        }
        return halves.min() ?? 1
    }

    /// The two are timed in alternating order, and the one that comes second finds the caches warm: the middle is that
    /// between the medians of both orders, so that neither decides.
    private static func middle(_ values: [Double]) -> Double? {
        let halves = [0, 1].compactMap { half in
            Samples(values.enumerated().filter { $0.offset % 2 == half }.map(\.element)).middle
        }
        return halves.isEmpty ? nil : halves.reduce(0, +) / Double(halves.count)
    }
}
