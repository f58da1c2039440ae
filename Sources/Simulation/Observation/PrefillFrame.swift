/// Algorithm 2 over a prompt: the query-by-key matrix as it fills, and both times.
public struct PrefillFrame: Sendable {
    public enum Phase: Sendable, Equatable {
        case building, running, done, cancelled
        case failed(String)
    }

    public var phase: Phase
    /// Queries and keys, and whether query i sees only the keys up to i.
    public var queries: Int
    public var keys: Int
    public var isCausal: Bool
    /// How HSR's rows were computed, and why so.
    public var method: String?
    public var reason: String?
    /// Queries done by HSR.
    public var done: Int
    /// Queries done by naive, which runs after HSR.
    public var naiveDone = 0
    /// Building the index, and all queries so far with it, in seconds.
    public var initSeconds: Double
    public var hsrSeconds: Double
    /// Naive for the queries done, in seconds; where not every query was measured, scaled up from those that were.
    public var naiveSeconds: Double?
    public var naiveIsEstimated: Bool
    /// The share of keys reported, `shares[row * columns + column]`: row by stretch of queries, column by stretch of
    /// keys; below 0 where nothing is done yet.
    public var rows: Int
    public var columns: Int
    public var shares: [Float]
    /// Entries reported so far, and the largest difference from naive where it was checked.
    public var reported: Int
    public var maxAbsError: Double?

    public init(
        phase: Phase, queries: Int, keys: Int, isCausal: Bool, rows: Int, columns: Int
    ) {
        self.phase = phase
        self.queries = queries
        self.keys = keys
        self.isCausal = isCausal
        self.rows = rows
        self.columns = columns
        done = 0
        initSeconds = 0
        hsrSeconds = 0
        naiveSeconds = nil
        naiveIsEstimated = false
        shares = Array(repeating: -1, count: rows * columns)
        reported = 0
        maxAbsError = nil
    }
}
