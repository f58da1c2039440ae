import HalfSpace

/// How a prefill computes its rows.
public enum PrefillMethod: String, CaseIterable, Sendable, Codable {
    /// What a measurement on the first rows says is fastest.
    case auto
    /// Every key and every value for every query, in blocks: the naive.
    case dense
    /// Groups of 16 queries descend a partition tree together (the practical counterpart of Part 1).
    case tree
    /// Codes of a byte an entry with sound bounds, read block by block while they lie in the cache.
    case codes
}

/// Attention of m queries over the keys of a store, asked for at once (Algorithm 2 of arXiv 2410.10165).
public struct PrefillRequest: Sendable {
    /// m · d floats, row-major.
    public var queries: [Float]
    public var activation: Activation
    public var threshold: ThresholdSettings
    /// What the model's softmax makes of scores; which keys are reported is a matter of scores alone.
    public var logits = SoftmaxLogits()
    /// b of every row, in score units, where it is known beforehand; nil: ``threshold`` has it chosen.
    public var givenThresholds: [Double]?
    /// Query i sees the keys up to its own: position n − m + i. Otherwise all.
    public var causal: Bool
    public var method: PrefillMethod
    /// Threads; nil takes every core.
    public var threads: Int?
    /// Columns of the picture of reported entries (``PrefillMatrix``); 0 makes none.
    public var pictureColumns: Int
    /// Rows of that picture.
    public var pictureRows: Int
    /// The longest span along the diagonal of a causal prefill that trees leave to dense blocks.
    var diagonal = 1024
    /// Whether `auto` measures however little there is to do.
    var alwaysMeasures = false

    public init(
        queries: [Float], activation: Activation = .relu(alpha: 1), threshold: ThresholdSettings = ThresholdSettings(),
        causal: Bool = false, method: PrefillMethod = .auto, threads: Int? = nil, pictureColumns: Int = 0,
        pictureRows: Int = 0
    ) {
        self.queries = queries
        self.activation = activation
        self.threshold = threshold
        self.causal = causal
        self.method = method
        self.threads = threads
        self.pictureColumns = pictureColumns
        self.pictureRows = pictureRows
    }
}

/// How many entries are reported in each block of the query-by-key matrix.
public struct PrefillMatrix: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// rows · columns counts, row-major; queries and keys are divided evenly, in order of position.
    public internal(set) var counts: [Int]

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        counts = Array(repeating: 0, count: rows * columns)
    }
}

/// How far a prefill has come.
public struct PrefillProgress: Sendable {
    /// "thresholds", "building the index", "rows", "picture".
    public var stage: String
    public var rowsDone: Int
    public var rows: Int
    /// Since the start of the rows, the building of the index included.
    public var seconds: Double
    /// What the picture shows so far.
    public var matrix: PrefillMatrix?
}

/// The rows of a prefill and what they cost.
public struct PrefillResult: Sendable {
    /// m · dv floats, row-major; an empty row is 0.
    public var outputs: [Float]
    /// b of every row, in score units: as the rule chose it, or as the row found it (dense rows need none, and find none).
    public var thresholds: [Double]
    /// Keys reported for every row; nil where everything was computed densely, which reports nothing.
    public var reported: [Int]?
    /// `Σ max(0, s − b)^α` of every row, 0 for an empty one; nil for other activations.
    public var normalisers: [Double]?
    /// What was used in the end, and why.
    public var method: PrefillMethod
    public var reason: String
    /// Choosing the thresholds, apart from `seconds`.
    public var ruleSeconds: Double
    /// Building the index, part of `seconds`.
    public var initSeconds: Double
    /// From queries and keys to outputs.
    public var seconds: Double
    public var matrix: PrefillMatrix?
}

/// Why a prefill cannot be computed, in one sentence.
public struct PrefillError: Error, CustomStringConvertible {
    public let description: String
}
