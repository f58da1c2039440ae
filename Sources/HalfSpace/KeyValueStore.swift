import CKernels
import Synchronization

/// Keys and values in order of position: K is [count, d] and V is [count, dv], both row-major, in float32 or half precision.
///
/// What is appended is rounded to the store's format, and from then on the keys are what was stored: membership, the dense
/// attention beside and every index are of those.
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
    /// How numbers are kept.
    public let format: NumberFormat
    /// The rows present.
    public private(set) var count: Int {
        get { rowsPresent.load(ordering: .acquiring) }
        set { rowsPresent.store(newValue, ordering: .releasing) }
    }
    private let rowsPresent = Atomic(0)
    /// An upper bound of ‖k‖ over the rows present, in float64.
    public private(set) var largestKeyNorm: Double {
        get { Double(bitPattern: largestNorm.load(ordering: .acquiring)) }
        set { largestNorm.store(newValue.bitPattern, ordering: .releasing) }
    }
    /// Builds in the background read the bound while rows arrive.
    private let largestNorm = Atomic<UInt64>(0)

    /// One stretch for all, so that also a store of few rows lies in huge pages.
    private let memory: AlignedBuffer<UInt8>
    private let keyRows: Slab<UInt8>
    private let valueRows: Slab<UInt8>
    private let keyBlocks: Slab<UInt8>?
    private let valueBlocks: Slab<UInt8>?

    /// The largest d and dv that kernels take.
    public static let mostDimensions = Int(CK_MOST_DIMENSIONS)
    /// Rows of fewer numbers than this are kept in blocks as well.
    private static let blockedBelow = 16
    private static let blockRows = 16

    /// An empty store with room for `capacity` rows.
    public init(dimension: Int, valueDimension: Int, capacity: Int, format: NumberFormat = .float32) {
        precondition(dimension >= 1 && valueDimension >= 1 && capacity >= 0)
        precondition(max(dimension, valueDimension) <= Self.mostDimensions)
        self.dimension = dimension
        self.valueDimension = valueDimension
        self.capacity = capacity
        self.format = format
        // Kernels work in tiles and run over the last row: what lies there must be readable and finite.
        func room(_ columns: Int) -> Int { ((capacity + 64) * columns + 16) * format.bytes }
        func copies(_ columns: Int) -> Int { columns < Self.blockedBelow ? 2 : 1 }
        let region = MemoryRegion(
            bytes: [dimension, valueDimension].reduce(0) {
                $0 + copies($1) * MemoryRegion.size(room($1), of: UInt8.self)
            })
        memory = region.owner
        keyRows = region.slab(room(dimension))
        keyBlocks = copies(dimension) > 1 ? region.slab(room(dimension)) : nil
        valueRows = region.slab(room(valueDimension))
        valueBlocks = copies(valueDimension) > 1 ? region.slab(room(valueDimension)) : nil
    }

    /// The rows as the kernels see them; valid while the store lives.
    package var kernelRows: ck_rows {
        ck_rows(
            keys: ck_table(base: keyRows.base, stride: dimension, format: format.kernel),
            values: ck_table(base: valueRows.base, stride: valueDimension, format: format.kernel),
            key_blocks: keyBlocks?.base, value_blocks: valueBlocks?.base, d: dimension, dv: valueDimension)
    }

    /// Rounds rows to the format, to behind those present, and copies them into the blocks.
    private func keep(_ entries: [Float], _ columns: Int, _ rows: Slab<UInt8>, _ blocks: Slab<UInt8>?) {
        ck_narrow(entries, entries.count, format.kernel, rows.base + count * columns * format.bytes)
        guard let blocks else { return }
        let last = count + entries.count / columns
        switch format {
        case .float32: Self.scatter(rows, columns, count..<last, into: blocks, as: UInt32.self)
        case .float16, .bfloat16: Self.scatter(rows, columns, count..<last, into: blocks, as: UInt16.self)
        }
    }

    private static func scatter<Bits: BitwiseCopyable>(
        _ rows: Slab<UInt8>, _ columns: Int, _ range: Range<Int>, into blocks: Slab<UInt8>,
        as type: Bits.Type
    ) {
        let (from, to) = (UnsafeRawPointer(rows.base), UnsafeMutableRawPointer(blocks.base))
        let size = MemoryLayout<Bits>.size
        for row in range {
            let first = row / blockRows * blockRows * columns + row % blockRows
            for t in 0..<columns {
                let bits = from.load(fromByteOffset: (row * columns + t) * size, as: type)
                to.storeBytes(of: bits, toByteOffset: (first + t * blockRows) * size, as: type)
            }
        }
    }

    /// Appends rows given row-major; `keys` holds r·d and `values` r·dv floats.
    /// - Throws: ``NonFiniteEntry`` for the first NaN or infinity, or what the format can only keep as one; nothing is appended then.
    public func append(keys: [Float], values: [Float]) throws(NonFiniteEntry) {
        let rows = keys.count / dimension
        precondition(keys.count == rows * dimension && values.count == rows * valueDimension)
        precondition(count + rows <= capacity, "the store is full")
        try NonFiniteEntry.check(keys, array: .keys, columns: dimension, firstRow: count, format: format)
        try NonFiniteEntry.check(values, array: .values, columns: valueDimension, firstRow: count, format: format)
        keep(keys, dimension, keyRows, keyBlocks)
        keep(values, valueDimension, valueRows, valueBlocks)
        let table = kernelRows.keys
        withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { room in
            for row in count..<count + rows {
                guard let key = ck_row(table, row, dimension, room.baseAddress) else { continue }
                largestKeyNorm = max(largestKeyNorm, ck_exact_dot(key, key, dimension).squareRoot() * (1 + 0x1p-40))
            }
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

    /// Key j, d numbers.
    public func key(_ j: Int) -> StoredNumbers {
        precondition(j >= 0 && j < count)
        return StoredNumbers(keyRows.base + j * dimension * format.bytes, count: dimension, format: format)
    }

    /// Value j, dv numbers.
    public func value(_ j: Int) -> StoredNumbers {
        precondition(j >= 0 && j < count)
        return StoredNumbers(valueRows.base + j * valueDimension * format.bytes, count: valueDimension, format: format)
    }

    /// All keys present, row-major; valid while the store lives and is not truncated.
    public var keys: StoredNumbers { StoredNumbers(keyRows.base, count: count * dimension, format: format) }

    /// All values present, row-major; valid while the store lives and is not truncated.
    public var values: StoredNumbers { StoredNumbers(valueRows.base, count: count * valueDimension, format: format) }

    /// Bytes held for the rows present: short rows are kept in blocks as well.
    public var bytesHeld: Int {
        let columns = dimension * (keyBlocks == nil ? 1 : 2) + valueDimension * (valueBlocks == nil ? 1 : 2)
        return count * columns * format.bytes
    }

    /// Bytes of the rows present.
    public var bytes: Int { count * (dimension + valueDimension) * format.bytes }
}
