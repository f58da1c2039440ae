import CKernels

/// Boxes of 32 keys with bounds in 8 bits, codes of 4 bits inside them, and float32 records of what those leave: for the
/// dimensions in which boxes still rule out most keys, but leaves of float32 are too much to read.
public final class BoxesIndex: StaticIndex {
    public static let description = IndexDescription(
        name: "boxes", summary: "boxes of 32 keys with bounds of 8 bits, and codes of 4 bits inside them",
        dimensions: 1...Int(CK_BOXES_MOST),
        search: .groups(
            name: "boxes", areAlike: false,
            reading:
                "This index drops boxes of near keys by their bounds and scores what is left; the Index view counts them."
        ))

    public let rows: Range<Int>
    private let boxed: BoxedKeys

    /// Builds on so many threads.
    public init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws
    {
        self.rows = rows
        guard store.dimension <= Int(CK_BOXES_MOST) else {
            throw IndexCannotServe(kind: .boxes, reason: "d is above \(CK_BOXES_MOST)")
        }
        // The driver refuses longer keys, which could take what is encoded out of float32.
        let isServed = store.largestKeyNorm < CK_BOXES_MOST_NORM
        boxed = try BoxedKeys(
            store: store, rows: isServed ? rows : rows.lowerBound..<rows.lowerBound, threads: threads,
            progress: progress)
    }

    public var bytes: Int { boxed.bytes }

    public func driver(in memory: StepMemory) -> ck_part {
        ck_part(
            find: ck_find_boxes, index: memory.keep(boxed.driverIndex(in: memory)), lists_values: 1, traces: 0)
    }
}

extension IndexKind {
    /// Boxes of 32 keys with bounds in 8 bits, and codes of 4 bits inside them.
    public static let boxes = BoxesIndex.kind
}
