import CKernels
import HalfSpace

/// A weight matrix of a GGUF file, [rows, columns], as kernels read it: quantised where the file has it so, else float32.
struct WeightMatrix: Sendable {
    let rows: Int
    let columns: Int
    private let kind: Kind

    private enum Kind: Sendable {
        case floats(Matrix)
        case quantised(QuantisedMatrix)
    }

    /// Reads a tensor.
    /// - Throws: ``GGUFFault``.
    init(_ file: GGUFFile, _ name: String, rows: Int, columns: Int) throws(GGUFFault) {
        let tensor = try file.find(name, shape: [rows, columns])
        self.rows = rows
        self.columns = columns
        kind =
            tensor.type.isQuantised
            ? .quantised(try QuantisedMatrix(tensor))
            : .floats(Matrix(try tensor.floats(), rows: rows, columns: columns))
    }

    /// Groups of 16 rows, which products go through.
    var panels: Int { (rows + Int(CK_PANEL) - 1) / Int(CK_PANEL) }

    var bytes: Int {
        switch kind {
        case .floats(let matrix): matrix.bytes
        case .quantised(let matrix): matrix.bytes
        }
    }

    /// `y = W x` for the rows of some panels and all vectors of the input; `y` holds `rows` floats a vector.
    /// O(count·rows·columns).
    func multiply(
        _ input: ProductInput, panels: Range<Int>, into y: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(input.columns == columns && y.count == input.count * rows)
        precondition(panels.lowerBound >= 0 && panels.upperBound <= self.panels)
        switch kind {
        case .quantised(let matrix): matrix.multiply(input, panels: panels, into: y)
        case .floats(let matrix): matrix.multiply(input.floats, panels: panels, into: y)
        }
    }

    /// The same for all rows.
    func multiply(_ input: ProductInput, into y: UnsafeMutableBufferPointer<Float>) {
        multiply(input, panels: 0..<panels, into: y)
    }

    /// A row as float32.
    func copyRow(_ row: Int, into out: UnsafeMutableBufferPointer<Float>) {
        precondition(row >= 0 && row < rows && out.count == columns)
        switch kind {
        case .floats(let matrix): matrix.copyRow(row, into: out)
        case .quantised(let matrix): matrix.copyRow(row, into: out)
        }
    }
}

extension Matrix {
    /// `y = W x` for the rows of some panels.
    func multiply(
        _ x: UnsafeMutableBufferPointer<Float>, panels chosen: Range<Int>,
        into y: UnsafeMutableBufferPointer<Float>
    ) {
        let width = Int(CK_PANEL)
        if chosen == 0..<(rows + width - 1) / width { return multiply(x, into: y) }
        guard let first = x.baseAddress, let result = y.baseAddress, !chosen.isEmpty else { return }
        let start = chosen.lowerBound * width
        var part = ck_matrix(
            panels: panels.base + start * columns, rows: min(rows, chosen.upperBound * width) - start,
            columns: columns)
        for i in 0..<x.count / columns {
            ck_matrix_product(&part, first + i * columns, 1, result + i * rows + start)
        }
    }

    /// A row, out of its panel.
    func copyRow(_ row: Int, into out: UnsafeMutableBufferPointer<Float>) {
        let width = Int(CK_PANEL)
        for t in 0..<columns {
            out[t] = panels.base[row / width * width * columns + width * t + row % width]
        }
    }
}
