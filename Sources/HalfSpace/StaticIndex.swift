import CKernels

/// An exact reporter over fixed rows of a store: immutable once built, so any number of threads may query it.
///
/// To add an index: conform a type in a file of its own, give it a case in ``IndexKind``, and the property tests,
/// the fuzzer, the benchmarks and the screen find it there.
public protocol StaticIndex: AnyObject, Sendable {
    /// Builds over `rows` of the store; O(n log n) or as the type says.
    /// - Throws: ``IndexCannotServe`` where this kind has no answer for these keys, or `CancellationError`.
    init(store: KeyValueStore, rows: Range<Int>, progress: BuildProgress) throws

    static var kind: IndexKind { get }
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
