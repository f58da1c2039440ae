import CKernels

/// An exact reporter over fixed rows of a store: immutable once built, so any number of threads may query it.
///
/// To add an index: conform a type in a folder of its own and list it in ``IndexKind``; the property tests, the fuzzer, the
/// benchmarks, the command line and the screen find it there.
public protocol StaticIndex: AnyObject, Sendable {
    /// Its name, the words for the screen and the head dimensions that it serves.
    static var description: IndexDescription { get }

    /// Builds over `rows` of the store on so many threads; O(n log n) or as the type says.
    /// - Parameter hints: what is known of the queries to come; it never changes an answer.
    /// - Throws: ``IndexCannotServe`` where this kind has no answer for these keys, or `CancellationError` from `progress`.
    init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws

    /// The kind of the blocks that take in keys after it was built.
    static var growsBy: IndexKind { get }
    /// The rows of the store that it holds.
    var rows: Range<Int> { get }
    /// Memory held, in bytes, the store's own not counted.
    var bytes: Int { get }

    /// Appends exactly the rows in the half-space to the report (positions are the store's), and the work to its work.
    func report(_ query: Query, into report: Report)
    /// Adds `Σ w·v`, `Σ w` and the count of the half-space; the same set as ``report(_:into:)``.
    func aggregate(_ query: Query, weight: Weight, into sum: Aggregate)
    /// What the kernel of a decode step calls for ReLU^α instead of ``aggregate(_:weight:into:)``, as long as `memory` is there;
    /// nil: there is no such way.
    func stepPart(in memory: StepMemory) -> ck_step_part?
}

extension StaticIndex {
    /// The type by its name.
    public static var kind: IndexKind { IndexKind(Self.self) }

    public static var growsBy: IndexKind { kind }

    /// Builds on this thread for queries of which nothing is known.
    public init(store: KeyValueStore, rows: Range<Int>, progress: BuildProgress) throws {
        try self.init(store: store, rows: rows, hints: QueryHints(), threads: 1, progress: progress)
    }

    public func stepPart(in memory: StepMemory) -> ck_step_part? { nil }
}

/// An index that can say more of a query and of itself than its answer: for pictures.
protocol DetailedIndex: StaticIndex {
    /// Marks what became of the rows that it holds.
    func fates(of query: Query, into fates: inout [KeyFate])
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
