import HalfSpace
import Measurement

/// What ``DecodeBenchmark`` measured at one d, n and index; times in microseconds.
public struct DecodeMeasurement {
    public internal(set) var d: Int
    public internal(set) var n: Int
    public internal(set) var choice: IndexChoice
    public internal(set) var statistics: IndexStatistics
    public internal(set) var queries: Int
    /// Means over the queries.
    public internal(set) var reported = 0.0
    public internal(set) var candidates = 0.0
    public internal(set) var naive = Samples([])
    public internal(set) var scan = Samples([])
    public internal(set) var hsr = Samples([])
    /// Choosing the threshold.
    public internal(set) var rule = Samples([])
    /// A plain read of what naive reads.
    public internal(set) var read = Samples([])
    /// Naive over HSR, query by query.
    public internal(set) var ratios = Samples([])
    public internal(set) var missed = 0
    public internal(set) var extra = 0
    public internal(set) var usedMoments = false
    public internal(set) var storeBytes = 0
    /// The step as the planner was told of it, and with the members that were counted.
    var hints: QueryHints
    var shape: StepShape
    /// What listing the sets of some queries cost the index.
    var listing = (work: Work(), queries: 0)

    /// What reporting cost an index of this kind, a query.
    func counts(of kind: IndexKind) -> QueryCounts {
        QueryCounts(listing.work, queries: listing.queries, of: kind, d: shape.d, dv: shape.dv, format: shape.format)
    }

    /// The ratio of medians: naive over HSR.
    public var ratio: Double { hsr.median > 0 ? naive.median / hsr.median : .nan }

    /// Microseconds of building.
    public var initTime: Double { statistics.initSeconds * 1e6 }

    /// The steps after which building has paid; infinite where it never does.
    public var breakEven: Double {
        let saved = naive.median - hsr.median
        return saved > 0 ? initTime / saved : .infinity
    }

    public var bytesPerKey: Double { Double(statistics.bytes) / Double(max(1, n)) }
}
