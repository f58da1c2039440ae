import HalfSpace
import Measurement

/// Time against n for one setting of everything else: the points of a sweep, from the smallest n up.
public struct SweepCurve: Sendable {
    /// What was swept; `n` is ignored.
    public let settings: Settings
    public let d: Int
    public internal(set) var points: [SweepPoint] = []
    /// Whether the largest n is done.
    public internal(set) var isComplete = false
    /// Why it ended before the largest n, one sentence.
    public internal(set) var note: String?

    public init(settings: Settings, d: Int, points: [SweepPoint] = [], isComplete: Bool = false) {
        self.settings = settings
        self.d = d
        self.points = points
        self.isComplete = isComplete
    }

    /// Whether `settings` ask for this curve.
    public func serves(_ settings: Settings) -> Bool {
        var (mine, theirs) = (self.settings, settings)
        (mine.n, theirs.n) = (nil, nil)
        return mine == theirs
    }

    /// The powers of n that fit the times over n ≥ 2^12, where the fixed cost of a step no longer bends the line; points
    /// measured under load are left out while three others remain. nil below three points.
    public var hsrFit: PowerFit? { fit(\.hsr.median) }
    public var naiveFit: PowerFit? { fit(\.naive.median) }

    /// The exponents of n in ``hsrFit`` and ``naiveFit``.
    public var hsrExponent: Double? { hsrFit?.exponent }
    public var naiveExponent: Double? { naiveFit?.exponent }

    private func fit(_ time: KeyPath<SweepPoint, Double>) -> PowerFit? {
        let large = points.filter { $0.n >= 1 << 12 }
        let sound = large.filter { !$0.underLoad }
        let fitted = sound.count >= 3 ? sound : large
        return fitted.count >= 3 ? PowerFit(fitted.map { (Double($0.n), $0[keyPath: time]) }) : nil
    }

    /// Naive's time over HSR's from which HSR counts as ahead: where every key is read both take the same time, and which
    /// is the shorter is chance.
    public static let lead = 1.05

    /// The smallest measured n from which HSR is ahead of naive at every larger one; nil if there is none.
    public var crossover: Int? {
        guard let lastEven = points.lastIndex(where: { $0.naive.median < Self.lead * $0.hsr.median }) else {
            return points.first?.n
        }
        return lastEven + 1 < points.count ? points[lastEven + 1].n : nil
    }
}

/// One n of a sweep.
public struct SweepPoint: Sendable {
    public var n: Int
    /// Seconds a step.
    public var hsr: Spread
    public var naive: Spread
    /// Medians over the steps.
    public var reported: Int
    public var candidates: Int
    public var index: IndexKind
    public var initSeconds: Double
    /// Measured while something else used the machine.
    public var underLoad: Bool

    public init(
        n: Int, hsr: Spread, naive: Spread, reported: Int, candidates: Int, index: IndexKind, initSeconds: Double,
        underLoad: Bool
    ) {
        self.n = n
        self.hsr = hsr
        self.naive = naive
        self.reported = reported
        self.candidates = candidates
        self.index = index
        self.initSeconds = initSeconds
        self.underLoad = underLoad
    }
}

/// The middle of repeated measurements and how far they spread.
public struct Spread: Sendable, Equatable {
    public var low: Double
    public var median: Double
    public var high: Double

    public init(low: Double, median: Double, high: Double) {
        self.low = low
        self.median = median
        self.high = high
    }

    /// The 10th, 50th and 90th percentile; all 0 of nothing.
    public init(_ values: [Double]) {
        let samples = Samples(values)
        guard !samples.isEmpty else {
            self.init(low: 0, median: 0, high: 0)
            return
        }
        self.init(low: samples.quantile(0.1), median: samples.median, high: samples.quantile(0.9))
    }
}
