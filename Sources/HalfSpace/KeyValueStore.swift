import CKernels
import Synchronization

/// Keys and values in order of position, float32: K is [count, d] and V is [count, dv], both row-major.
///
/// The store is a point set that carries a payload. It never moves: memory for `capacity` rows is reserved at the
/// start, so a background build may read the rows below a count that it was given while the owner appends above it.
/// One thread owns it (appends, truncates); others only read rows that were there when they were told of them.
///
/// Rows shorter than a vector register are kept a second time, in blocks of 16 rows column by column, which is what
/// the dense kernel and the scan read fastest.
public final class KeyValueStore: @unchecked Sendable {
    /// d, the length of a key: at most ``mostDimensions``.
    public let dimension: Int
    /// dv, the length of a value: at most ``mostDimensions``.
    public let valueDimension: Int
    /// The rows that fit.
    public let capacity: Int
    /// The rows present.
    public private(set) var count: Int {
        get { rowsPresent.load(ordering: .acquiring) }
        set { rowsPresent.store(newValue, ordering: .releasing) }
    }
    private let rowsPresent = Atomic(0)
    /// An upper bound of ‖k‖ over the rows present, in float64.
    public private(set) var largestKeyNorm = 0.0

    private let keyRows: AlignedBuffer<Float>
    private let valueRows: AlignedBuffer<Float>
    private let keyBlocks: AlignedBuffer<Float>?
    private let valueBlocks: AlignedBuffer<Float>?
    private var keyBase: UnsafeMutablePointer<Float> { keyRows.base }
    private var valueBase: UnsafeMutablePointer<Float> { valueRows.base }

    /// The largest d and dv that kernels take.
    public static let mostDimensions = Int(CK_MOST_DIMENSIONS)
    /// Rows of fewer floats than this are kept in blocks as well.
    private static let blockedBelow = 16
    private static let blockRows = 16

    /// An empty store with room for `capacity` rows.
    public init(dimension: Int, valueDimension: Int, capacity: Int) {
        precondition(dimension >= 1 && valueDimension >= 1 && capacity >= 0)
        precondition(max(dimension, valueDimension) <= Self.mostDimensions)
        self.dimension = dimension
        self.valueDimension = valueDimension
        self.capacity = capacity
        keyRows = Self.reserve(capacity, columns: dimension)
        valueRows = Self.reserve(capacity, columns: valueDimension)
        keyBlocks = dimension < Self.blockedBelow ? Self.reserve(capacity, columns: dimension) : nil
        valueBlocks = valueDimension < Self.blockedBelow ? Self.reserve(capacity, columns: valueDimension) : nil
    }

    /// Kernels work in tiles and run over the last row: what lies there must be readable and finite.
    private static func reserve(_ rows: Int, columns: Int) -> AlignedBuffer<Float> {
        AlignedBuffer(count: (rows + 64) * columns + 16)
    }

    /// The rows as the kernels see them; valid while the store lives.
    package var kernelRows: ck_rows {
        ck_rows(
            keys: keyRows.base, values: valueRows.base, key_blocks: keyBlocks?.base, value_blocks: valueBlocks?.base,
            d: dimension, dv: valueDimension)
    }

    /// Copies the rows from `first` on into the blocks.
    private func block(from first: Int, to last: Int) {
        Self.scatter(keyBase, dimension, first, last, into: keyBlocks?.base)
        Self.scatter(valueBase, valueDimension, first, last, into: valueBlocks?.base)
    }

    private static func scatter(
        _ rows: UnsafePointer<Float>, _ columns: Int, _ first: Int, _ last: Int,
        into blocks: UnsafeMutablePointer<Float>?
    ) {
        guard let blocks else { return }
        for row in first..<last {
            let source = rows + row * columns
            let target = blocks + (row / blockRows) * blockRows * columns + row % blockRows
            for t in 0..<columns { target[t * blockRows] = source[t] }
        }
    }

    /// Appends rows given row-major; `keys` holds r·d and `values` r·dv floats.
    /// - Throws: ``NonFiniteEntry`` for the first NaN or infinity; nothing is appended then.
    public func append(keys: [Float], values: [Float]) throws(NonFiniteEntry) {
        let rows = keys.count / dimension
        precondition(keys.count == rows * dimension && values.count == rows * valueDimension)
        precondition(count + rows <= capacity, "the store is full")
        try NonFiniteEntry.check(keys, array: .keys, columns: dimension, firstRow: count)
        try NonFiniteEntry.check(values, array: .values, columns: valueDimension, firstRow: count)
        keys.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            (keyBase + count * dimension).update(from: base, count: source.count)
        }
        values.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            (valueBase + count * valueDimension).update(from: base, count: source.count)
        }
        block(from: count, to: count + rows)
        for row in count..<count + rows {
            let key = UnsafePointer(keyBase + row * dimension)
            largestKeyNorm = max(largestKeyNorm, ck_exact_dot(key, key, dimension).squareRoot() * (1 + 0x1p-40))
        }
        count += rows
        #if INVARIANTS
            checkInvariants(of: count - rows..<count)
        #endif
    }

    /// Drops every row from `length` on; no build may be reading them.
    public func truncate(to length: Int) {
        precondition(length >= 0 && length <= count)
        count = length
    }

    /// Key j, d floats.
    public func key(_ j: Int) -> UnsafeBufferPointer<Float> {
        precondition(j >= 0 && j < count)
        return UnsafeBufferPointer(start: keyBase + j * dimension, count: dimension)
    }

    /// Value j, dv floats.
    public func value(_ j: Int) -> UnsafeBufferPointer<Float> {
        precondition(j >= 0 && j < count)
        return UnsafeBufferPointer(start: valueBase + j * valueDimension, count: valueDimension)
    }

    /// All keys present, row-major; valid while the store lives and is not truncated.
    public var keys: UnsafeBufferPointer<Float> { UnsafeBufferPointer(start: keyBase, count: count * dimension) }

    /// All values present, row-major; valid while the store lives and is not truncated.
    public var values: UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: valueBase, count: count * valueDimension)
    }

    /// Bytes held for the rows present: short rows are kept in blocks as well.
    public var bytesHeld: Int {
        let columns = dimension * (keyBlocks == nil ? 1 : 2) + valueDimension * (valueBlocks == nil ? 1 : 2)
        return count * columns * MemoryLayout<Float>.size
    }

    /// Bytes of the rows present.
    public var bytes: Int { count * (dimension + valueDimension) * MemoryLayout<Float>.size }
}
