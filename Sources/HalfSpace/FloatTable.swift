import CKernels

/// Some rows of a store as float32, row-major, for whoever builds from them: where they are, or a copy that goes with this.
package final class FloatTable {
    /// The first of the rows.
    package let base: UnsafePointer<Float>
    private let copy: AlignedBuffer<Float>?

    fileprivate init(_ table: ck_table, rows: Range<Int>) {
        let columns = table.stride
        if table.format == Int32(CK_F32), let all = table.base {
            (copy, base) = (nil, all.assumingMemoryBound(to: Float.self) + rows.lowerBound * columns)
            return
        }
        // Kernels run over the last row.
        let copy = AlignedBuffer<Float>(count: (rows.count + 64) * columns + 16)
        ck_widen(table.base, table.format, rows.lowerBound * columns, rows.count * columns, copy.base)
        (self.copy, base) = (copy, UnsafePointer(copy.base))
    }
}

extension KeyValueStore {
    /// Keys that are present now; O(rows·d) where they are kept in half precision.
    package func floatKeys(_ rows: Range<Int>) -> FloatTable { FloatTable(kernelRows.keys, rows: rows) }

    /// Values that are present now; O(rows·dv) where they are kept in half precision.
    package func floatValues(_ rows: Range<Int>) -> FloatTable { FloatTable(kernelRows.values, rows: rows) }
}
