import CKernels
import HalfSpace

/// Rows of float32 that kernels read and write: [count, columns], row-major, never moved.
final class Rows: @unchecked Sendable {
    let count: Int
    let columns: Int
    private let memory: AlignedBuffer<Float>

    /// Zeros.
    init(count: Int, columns: Int) {
        self.count = count
        self.columns = columns
        memory = AlignedBuffer(count: (count + 64) * columns + 16)
    }

    /// Some rows, of which no other thread may write.
    func part(_ rows: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= count)
        return UnsafeMutableBufferPointer(start: memory.base + rows.lowerBound * columns, count: rows.count * columns)
    }

    subscript(row: Int) -> UnsafeMutableBufferPointer<Float> { part(row..<row + 1) }
}

/// A weight matrix, [rows, columns], kept in panels as the kernels read it.
struct Matrix: Sendable {
    let rows: Int
    let columns: Int
    let panels: AlignedBuffer<Float>

    /// From numbers row-major.
    init(_ numbers: [Float], rows: Int, columns: Int) {
        precondition(numbers.count == rows * columns)
        self.rows = rows
        self.columns = columns
        let width = Int(CK_PANEL)
        panels = AlignedBuffer(count: (rows + width - 1) / width * width * columns)
        for row in 0..<rows {
            for t in 0..<columns {
                panels.base[row / width * width * columns + width * t + row % width] = numbers[row * columns + t]
            }
        }
    }

    /// Its bytes.
    var bytes: Int { panels.bytes }

    /// `y = W x` for vectors one after the other: `x` holds count · columns floats and `y` count · rows. O(count·rows·columns).
    func multiply(_ x: UnsafeMutableBufferPointer<Float>, into y: UnsafeMutableBufferPointer<Float>) {
        let count = x.count / columns
        precondition(x.count == count * columns && y.count == count * rows)
        guard count > 0 else { return }
        var view = ck_matrix(panels: panels.base, rows: rows, columns: columns)
        ck_matrix_product(&view, x.baseAddress, count, y.baseAddress)
    }
}
