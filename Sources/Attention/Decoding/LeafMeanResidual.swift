import Foundation
import HalfSpace

/// The keys that were left out, a cell at a time: each cell adds `(count left)·exp(⟨q, mean key left⟩/√d)·(mean value left)`
/// to numerator and denominator of a softmax over reported keys. The means are of the keys *not* reported: sum of the cell
/// minus the reported.
public final class LeafMeanResidual {
    /// The cut of the index: more cells, more reads, less error.
    public var partition: any KeyPartition
    /// Bytes that the last correction read: the sums of every cell, and each reported key and value once more.
    public private(set) var bytesRead = 0

    private var keySums: [Double] = []
    private var valueSums: [Double] = []
    private var left: [Int] = []

    public init(partition: any KeyPartition) { self.partition = partition }

    /// The keys of an index in at most `cells` cells: of its own tree, or where it has none, of a partition made for it.
    public convenience init(index: ReportingIndex, cells: Int) {
        let rows = 0..<index.store.count
        let leaf = (rows.count + max(1, cells) - 1) / max(1, cells)
        let own = index.partition(cells: max(1, cells))
        self.init(partition: own ?? MedianPartition(store: index.store, rows: rows, leaf: leaf))
    }

    /// Corrects the softmax of a report. O((cells + r)·(d + dv)).
    /// - Parameters:
    ///   - output: The softmax of the reported keys, dv floats; it becomes that of all.
    ///   - logMass: `ln Σ exp(s)` of the reported keys; it becomes that of the corrected row.
    ///   - query: d floats.
    ///   - report: The reported keys.
    ///   - store: Their keys and values.
    public func correct(
        _ output: inout [Float], logMass: inout Double, query: [Float], report: Report, store: KeyValueStore
    ) {
        let d = store.dimension
        let dv = store.valueDimension
        takeOut(report, store: store)
        let scale = 1 / Double(d).squareRoot()
        var scores = Array(repeating: -Double.infinity, count: left.count)
        var total = LogSum()
        total.add(logMass)
        for cell in left.indices where left[cell] > 0 {
            var dot = 0.0
            for t in 0..<d { dot += Double(query[t]) * keySums[cell * d + t] }
            scores[cell] = dot * scale / Double(left[cell])
            total.add(scores[cell], times: left[cell])
        }
        guard total.value > -.infinity else { return }
        var sum = output.map { Double($0) * exp(logMass - total.value) }
        for cell in left.indices where left[cell] > 0 {
            let w = exp(scores[cell] - total.value)
            for t in 0..<dv { sum[t] += w * valueSums[cell * dv + t] }
        }
        for t in 0..<dv { output[t] = Float(sum[t]) }
        logMass = total.value
        bytesRead = (4 * left.count + store.format.bytes * report.count) * (d + dv)
    }

    /// Sums of the keys that are left in each cell; rows outside the partition (a tail that it has not taken in) make one
    /// more cell.
    private func takeOut(_ report: Report, store: KeyValueStore) {
        let d = store.dimension
        let dv = store.valueDimension
        let cells = partition.cellCount
        keySums = Array(repeating: 0, count: (cells + 1) * d)
        valueSums = Array(repeating: 0, count: (cells + 1) * dv)
        left = (0..<cells).map(partition.count) + [0]
        var key = Array(repeating: 0.0, count: d)
        var value = Array(repeating: 0.0, count: dv)
        for cell in 0..<cells {
            for t in 0..<d { key[t] = 0 }
            for t in 0..<dv { value[t] = 0 }
            partition.addKeySum(cell, to: &key)
            partition.addValueSum(cell, to: &value)
            for t in 0..<d { keySums[cell * d + t] = key[t] }
            for t in 0..<dv { valueSums[cell * dv + t] = value[t] }
        }
        for row in 0..<store.count where !partition.rows.contains(row) { move(row, to: cells, sign: 1, store: store) }
        for position in report.positions {
            let row = Int(position)
            move(row, to: partition.rows.contains(row) ? partition.cell(of: row) : cells, sign: -1, store: store)
        }
    }

    private func move(_ row: Int, to cell: Int, sign: Double, store: KeyValueStore) {
        left[cell] += sign > 0 ? 1 : -1
        let key = store.key(row)
        let value = store.value(row)
        for t in key.indices { keySums[cell * key.count + t] += sign * Double(key[t]) }
        for t in value.indices { valueSums[cell * value.count + t] += sign * Double(value[t]) }
    }
}
