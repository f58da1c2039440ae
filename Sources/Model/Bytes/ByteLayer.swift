import CKernels
import Foundation

/// The weights of one layer and what it computes for rows of hidden state, apart from attention.
struct ByteLayer: Sendable {
    let isGlobal: Bool
    /// Heads, and the length of their queries, keys and values.
    let heads: Int
    let dimension: Int
    private let project: Matrix
    private let output: Matrix
    private let widen: Matrix
    private let narrow: Matrix
    /// σ_h of every head; empty in local layers.
    let sigma: [Float]

    init(_ file: WeightFile, number l: Int, isGlobal: Bool, _ c: ByteModelConfiguration) throws(ModelFault) {
        self.isGlobal = isGlobal
        heads = isGlobal ? c.gh : c.lh
        dimension = isGlobal ? c.gdh : c.ldh
        let width = heads * dimension
        func matrix(_ name: String, _ rows: Int, _ columns: Int) throws(ModelFault) -> Matrix {
            Matrix(try file.tensor("bl.\(l).\(name)", shape: [rows, columns]), rows: rows, columns: columns)
        }
        project = try matrix("qkv", 3 * width, c.d)
        output = try matrix("o", c.d, width)
        widen = try matrix("f1", c.ff * c.d, c.d)
        narrow = try matrix("f2", c.d, c.ff * c.d)
        sigma = isGlobal ? try file.tensor("bl.\(l).sig", shape: [c.gh]) : []
    }

    /// Length of all heads together.
    var width: Int { heads * dimension }
    var bytes: Int { project.bytes + output.bytes + widen.bytes + narrow.bytes }
    var parameters: Int {
        [project, output, widen, narrow].reduce(sigma.count) { $0 + $1.rows * $1.columns }
    }

    /// Queries of all heads, then keys, then values, 3·width floats a row of hidden state.
    func projections(
        of hidden: UnsafeMutableBufferPointer<Float>, _ bench: ByteBench
    ) -> UnsafeMutableBufferPointer<Float> {
        let rows = hidden.count / project.columns
        let normed = bench.normed.part(0..<rows)
        ByteModel.normalise(hidden, length: project.columns, into: normed)
        let result = UnsafeMutableBufferPointer(rebasing: bench.projected.part(0..<rows)[..<(rows * project.rows)])
        project.multiply(normed, into: result)
        return result
    }

    /// Adds what attention gave (width floats a row) and the MLP to rows of hidden state.
    func finish(
        _ hidden: UnsafeMutableBufferPointer<Float>, attended: UnsafeMutableBufferPointer<Float>, _ bench: ByteBench
    ) {
        let rows = hidden.count / output.rows
        let normed = bench.normed.part(0..<rows)
        let inner = bench.inner.part(0..<rows)
        output.multiply(attended, into: normed)
        ck_add_floats(hidden.baseAddress, normed.baseAddress, hidden.count)
        ByteModel.normalise(hidden, length: output.rows, into: normed)
        widen.multiply(normed, into: inner)
        ck_relu_square(inner.baseAddress, inner.count)
        narrow.multiply(inner, into: normed)
        ck_add_floats(hidden.baseAddress, normed.baseAddress, hidden.count)
    }
}

extension ByteModel {
    /// Root mean square normalisation of rows of so many floats, without weights.
    static func normalise(
        _ rows: UnsafeMutableBufferPointer<Float>, length: Int, into result: UnsafeMutableBufferPointer<Float>? = nil
    ) {
        let result = result ?? rows
        precondition(result.count == rows.count && rows.count % length == 0)
        ck_root_mean_square(rows.baseAddress, length, rows.count / length, 1e-6, result.baseAddress)
    }
}

extension ByteModel {
    /// The logits of the token after a row of hidden state.
    func logits(of hidden: UnsafeMutableBufferPointer<Float>, _ bench: ByteBench) -> [Float] {
        let normed = bench.normed.part(0..<1)
        Self.normalise(hidden, length: configuration.d, into: normed)
        let result = Rows(count: 1, columns: head.rows)
        head.multiply(normed, into: result[0])
        return Array(result[0])
    }
}

/// Room for rows under way: one a worker.
final class ByteBench {
    let normed: Rows
    let projected: Rows
    let attended: Rows
    let inner: Rows

    /// For so many rows at a time.
    init(_ model: ByteModel, rows: Int) {
        let c = model.configuration
        let width = max(c.lh * c.ldh, c.gh * c.gdh)
        normed = Rows(count: rows, columns: c.d)
        projected = Rows(count: rows, columns: 3 * width)
        attended = Rows(count: rows, columns: width)
        inner = Rows(count: rows, columns: c.ff * c.d)
    }
}
