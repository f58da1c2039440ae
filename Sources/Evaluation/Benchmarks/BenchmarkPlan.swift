import Attention

/// What all benchmarks of steps are told: which attention, how often, and in which state of the caches.
public struct BenchmarkPlan {
    public var activation = Activation.relu(alpha: 1)
    public var threshold = ThresholdSettings()
    /// Threads that build the index.
    public var threads = 1
    /// Queries for each measurement; nil takes as many as n asks for.
    public var queries: Int?
    /// Empties the caches before every timed call; nil leaves in them what is there.
    public var cold: ColdCaches?
    /// Whether every reported set is compared with the definition.
    public var checks = true
    /// Told what is being done, one line at a time.
    public var progress: (String) throws -> Void = { _ in }

    public init() {}

    /// Enough queries for n keys that medians are steady, few enough that a table is done while one waits.
    public func queryCount(_ n: Int) -> Int { queries ?? (n <= 16_384 ? 101 : n <= 262_144 ? 51 : 31) }
}
