import CKernels
import Foundation
import HalfSpace

/// The newest keys and values of a local layer: softmax attention over a window of positions, with rotary positions.
///
/// Rows slide to the front when room ends, by whole blocks of 64, so that kernels sum in an order that depends on positions
/// alone: a position gives the same bits in a prompt and in a step.
final class LocalWindow {
    private let heads: Int
    private let dimension: Int
    private let window: Int
    /// Position of the first row.
    private var base = 0
    private let capacity: Int
    private let keys: [Rows]
    private let values: [Rows]
    private let query: Rows
    private var sums: [Double]

    /// Room for `span` positions at a time beside the window.
    init(_ layer: ByteLayer, window: Int, span: Int) {
        heads = layer.heads
        dimension = layer.dimension
        self.window = window
        capacity = (window + 63) / 64 * 64 + span + 128
        let (capacity, dimension) = (capacity, dimension)
        keys = (0..<layer.heads).map { _ in Rows(count: capacity, columns: dimension) }
        values = (0..<layer.heads).map { _ in Rows(count: capacity, columns: dimension) }
        query = Rows(count: 1, columns: (layer.dimension + 15) / 16 * 16)
        sums = Array(repeating: 0, count: layer.dimension)
    }

    /// Starts anew, at a position from which on rows will be given.
    func start(at position: Int) { base = position / 64 * 64 }

    /// Takes the projections of a position (queries, keys, values of all heads) without attending.
    func put(_ projections: UnsafeMutableBufferPointer<Float>, position: Int) {
        makeRoom(for: position)
        let width = heads * dimension
        let row = position - base
        for h in 0..<heads {
            let key = keys[h][row]
            let value = values[h][row]
            for t in 0..<dimension {
                key[t] = projections[width + h * dimension + t]
                value[t] = projections[2 * width + h * dimension + t]
            }
            turn(key, position: position)
        }
    }

    /// Takes the projections of a position and attends from it: heads · dimension floats.
    func attend(
        _ projections: UnsafeMutableBufferPointer<Float>, position: Int,
        into output: UnsafeMutableBufferPointer<Float>
    ) {
        put(projections, position: position)
        let last = position - base + 1
        let first = max(0, max(0, position - window + 1) - base)
        let scale = 1 / Float(dimension).squareRoot()
        for h in 0..<heads {
            let q = query[0]
            for t in 0..<dimension { q[t] = projections[h * dimension + t] }
            let used = UnsafeMutableBufferPointer(rebasing: q[..<dimension])
            turn(used, position: position)
            for t in 0..<dimension { q[t] *= scale }
            var rows = ck_rows(
                keys: ck_floats(keys[h].part(0..<capacity).baseAddress, dimension),
                values: ck_floats(values[h].part(0..<capacity).baseAddress, dimension), key_blocks: nil,
                value_blocks: nil, d: dimension, dv: dimension)
            var largest = -Float.infinity
            var weight = 0.0
            sums.withUnsafeMutableBufferPointer { sums in
                sums.update(repeating: 0)
                ck_dense_exponential(&rows, first, last, q.baseAddress, &largest, &weight, sums.baseAddress)
                for t in 0..<dimension { output[h * dimension + t] = Float(sums[t] / weight) }
            }
        }
    }

    private func makeRoom(for position: Int) {
        guard position - base >= capacity else { return }
        let start = max(base, (position - window + 1) / 64 * 64)
        let kept = position - start
        for rows in keys + values {
            let all = rows.part(0..<capacity)
            guard let first = all.baseAddress else { continue }
            memmove(first, first + (start - base) * dimension, kept * dimension * MemoryLayout<Float>.size)
        }
        base = start
    }

    /// Normalises a head's query or key and turns its pairs by the angles of a position.
    private func turn(_ x: UnsafeMutableBufferPointer<Float>, position: Int) {
        ByteModel.normalise(x, length: dimension)
        let half = dimension / 2
        if angles.position != position { findAngles(position) }
        for i in 0..<half {
            let (cosine, sine) = (angles.cosines[i], angles.sines[i])
            let (a, b) = (x[i], x[i + half])
            x[i] = a * cosine - b * sine
            x[i + half] = a * sine + b * cosine
        }
    }

    /// Of the position that was turned to last: its heads share them.
    private var angles: (position: Int, cosines: [Float], sines: [Float]) = (-1, [], [])

    private func findAngles(_ position: Int) {
        let angles = frequencies.map { Double(position) * $0 }
        self.angles = (position, angles.map { Float(cos($0)) }, angles.map { Float(sin($0)) })
    }

    private lazy var frequencies: [Double] = (0..<dimension / 2).map {
        pow(1000, -2 * Double($0) / Double(dimension))
    }

    /// The same rows once more, to come back to.
    func copy(from other: LocalWindow) {
        precondition(other.capacity == capacity && other.heads == heads && other.dimension == dimension)
        base = other.base
        for (mine, theirs) in zip(keys + values, other.keys + other.values) {
            mine.part(0..<capacity).baseAddress.map { target in
                theirs.part(0..<capacity).baseAddress.map { target.update(from: $0, count: capacity * dimension) }
            }
        }
    }
}
