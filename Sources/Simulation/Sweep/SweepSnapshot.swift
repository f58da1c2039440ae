/// How far the sweep of n is, and the curves so far.
public struct SweepSnapshot: Sendable {
    /// The newest last; those of other settings are kept for comparison.
    public var curves: [SweepCurve] = []
    /// Whether it goes on; a sweep that stands resumes where it was.
    public var isRunning = false
    /// Steps whose median a point is.
    public static let stepsPerPoint = 40
    /// The n that the newest curve will have points at.
    public var lengths: [Int] = []
    /// The n under way and how far it is; nil when nothing is.
    public var n: Int?
    public var fraction = 0.0

    public init() {}
}
