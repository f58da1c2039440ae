import CKernels

/// An exact reporter over fixed rows of a store: immutable once built, so any number of threads may query it.
///
/// It has one driver, a C function that finds the members of a half-space and hands them to a sink: whether they are listed,
/// counted or summed is the sink's matter, so that what is timed is what is checked.
///
/// To add an index: conform a type in a folder of its own and list it in ``IndexKind``; the property tests, the fuzzer, the
/// benchmarks, the command line and the screen find it there.
public protocol StaticIndex: AnyObject, Sendable {
    /// Its name, the words for the screen and the head dimensions that it serves.
    static var description: IndexDescription { get }

    /// Builds over some rows of a store; O(n log n) or as the type says.
    /// - Parameters:
    ///   - store: The keys [n][d].
    ///   - rows: Those of the store that are indexed.
    ///   - hints: What is known of the queries to come; it never changes an answer.
    ///   - threads: How many build at once, at least 1.
    ///   - progress: Told the share that is done; what it throws ends the building.
    /// - Throws: ``IndexCannotServe`` where this kind has no answer for these keys, or `CancellationError` from `progress`.
    init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws

    /// The kind of the blocks that take in keys after it was built.
    static var growsBy: IndexKind { get }
    /// Whether the planner should look at it for such steps at all.
    static func pays(_ shape: StepShape) -> Bool
    /// What a step does, from what reporting was counted to do.
    static func work(of counts: QueryCounts, in shape: StepShape) -> StepWork
    /// What a step is expected to do; nil where it has no answer for these keys.
    static func expectedWork(_ probe: PlanProbe) -> StepWork?
    /// The share of another index's step that its own must stay below to be chosen over it: 1, or less where it is long to build.
    static var patience: Double { get }
    /// Bytes read of a candidate.
    static func candidateBytes(dimension d: Int, valueDimension dv: Int, format: NumberFormat) -> Int
    /// What it found out about the keys that explains a choice, in words.
    var note: String? { get }

    /// The rows of the store that it holds.
    var rows: Range<Int> { get }
    /// Memory held, in bytes, the store's own not counted.
    var bytes: Int { get }

    /// The driver, what it is handed, and what it can do. What that points at stays as long as the index and `memory`, in which
    /// one thread works.
    ///
    /// A driver refuses a query whose scores float32 cannot hold: then a scan in float64 answers for the whole index.
    func driver(in memory: StepMemory) -> ck_part
}

extension StaticIndex {
    /// The type by its name.
    public static var kind: IndexKind { IndexKind(Self.self) }

    public static var growsBy: IndexKind { kind }

    public static func pays(_ shape: StepShape) -> Bool { description.dimensions.contains(shape.d) }

    public static func expectedWork(_ probe: PlanProbe) -> StepWork? {
        probe.counts(of: kind).map { work(of: $0, in: probe.shape) }
    }

    public static var patience: Double { 1 }

    public static func candidateBytes(dimension d: Int, valueDimension dv: Int, format: NumberFormat) -> Int {
        d * format.bytes
    }

    public var note: String? { nil }

    /// Builds on this thread for queries of which nothing is known.
    public init(store: KeyValueStore, rows: Range<Int>, progress: BuildProgress) throws {
        try self.init(store: store, rows: rows, hints: QueryHints(), threads: 1, progress: progress)
    }
}

/// An index that can say more of itself than its answers: for pictures.
protocol DetailedIndex: StaticIndex {
    /// Its rows in its own order: near keys stand near each other.
    var order: [UInt32] { get }
    /// Its cells at a depth, 0 the leaves.
    func cells(atLevel level: Int) -> [IndexCell]
    /// Groups of near keys, at most so many, with their sums.
    func partition(cells: Int) -> IndexPartition?
}

/// Why an index cannot serve these keys, in one sentence for the screen.
public struct IndexCannotServe: Error, CustomStringConvertible {
    public let kind: IndexKind
    public let reason: String
    public var description: String { "the \(kind.rawValue) index cannot serve here: \(reason)" }
}

/// Told now and then how far long work has come (0…1); it throws `CancellationError` to stop the work.
public typealias BuildProgress = @Sendable (_ fraction: Double) throws -> Void
