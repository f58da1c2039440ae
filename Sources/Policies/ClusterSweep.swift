import Attention
import Foundation
import HalfSpace

/// Clusters of four keys in each of four parts of the dimensions, visited from the most promising on: what Louver's two stops share.
///
/// Dehghankar, Asudeh, *Sparse Attention as a Range Searching Problem: Towards an Inference-Efficient Index for KV Cache*,
/// arXiv 2605.06763, and its code's filter: in each part clusters are sorted by the query's product with their centroid; row by row
/// one cluster of each part is popped, its keys are scored, and those of score ≥ T are kept; it stops at the first row at which the sum
/// over the parts is below T. Clusters are halved at the median of their widest coordinate instead of along principal axes.
final class ClusterSweep {
    /// As in the published code.
    static let parts = 4
    static let branching = 4
    static let buffer = 256

    /// One part of the dimensions.
    private struct Part {
        var dimensions: Range<Int>
        var cells: Int
        /// Of cell c and dimension t of the part, at c·width + t.
        var centroids: [Float]
        var radii: [Double]
        var cellOfRow: [UInt32]
    }

    private let store: KeyValueStore
    private let isSound: Bool
    private var parts: [Part] = []
    /// Rows that are in clusters; later ones wait in the buffer and are scored one by one.
    private var clustered = 0

    /// - Parameter isSound: whether a cluster's ball is added to its centroid's product, so that no later key can reach T.
    init(store: KeyValueStore, isSound: Bool) throws {
        (self.store, self.isSound) = (store, isSound)
        try build()
    }

    var partCount: Int { parts.count }

    private func build() throws {
        let d = store.dimension
        let count = min(Self.parts, d)
        clustered = store.count
        parts = try (0..<count).map { try part(of: $0 * d / count..<($0 + 1) * d / count) }
    }

    /// Takes in what the store gained, once the buffer is full.
    func extend() throws {
        if store.count - clustered >= max(Self.buffer, clustered / 4) { try build() }
    }

    private func part(of dimensions: Range<Int>) throws -> Part {
        let n = store.count
        let width = dimensions.count
        let slice = KeyValueStore(dimension: width, valueDimension: 1, capacity: n)
        var keys: [Float] = []
        keys.reserveCapacity(n * width)
        for row in 0..<n { keys += store.key(row)[dimensions] }
        try slice.append(keys: keys, values: Array(repeating: 0, count: n))
        let partition = MedianPartition(store: slice, rows: 0..<n, leaf: Self.branching)
        var part = Part(
            dimensions: dimensions, cells: partition.cellCount, centroids: [], radii: [],
            cellOfRow: (0..<n).map { UInt32(partition.cell(of: $0)) })
        for cell in 0..<partition.cellCount {
            var sum = Array(repeating: 0.0, count: width)
            partition.addKeySum(cell, to: &sum)
            part.centroids += sum.map { Float($0 / Double(max(1, partition.count(cell)))) }
        }
        part.radii = Array(repeating: 0, count: part.cells)
        for row in 0..<n {
            let cell = Int(part.cellOfRow[row])
            var square = 0.0
            for t in 0..<width {
                let gap = Double(keys[row * width + t]) - Double(part.centroids[cell * width + t])
                square += gap * gap
            }
            // Upwards by more than float64 rounds.
            part.radii[cell] = max(part.radii[cell], square.squareRoot() * (1 + 0x1p-40))
        }
        return part
    }

    /// Centroids, radii where they are used, and the cluster of each key that is popped.
    private func metadata(scanned: Int) -> Int {
        let size = MemoryLayout<Float>.size
        let cells = parts.first?.cells ?? 0
        return (cells * store.dimension + (isSound ? cells * parts.count : 0) + scanned) * size
    }

    /// Sweeps as far as the budget pays for, T being what that sweep proves or believes to have found.
    func read(_ step: PolicyStep, within budget: PolicyBudget) -> PolicyReading {
        let d = store.dimension
        let root = Double(d).squareRoot()
        let sums = sweep(step.query)
        let rows = sums.bound.count
        // The first row of the sweep that pops each key.
        let scores = step.scores
        func reading(_ length: Int) -> (survivors: [UInt32], bytes: ReadBytes) {
            let bar = length >= rows ? -Double.infinity : (length == 0 ? .infinity : sums.bound[length - 1].nextUp)
            var survivors: [UInt32] = []
            var scanned = store.count - clustered
            for row in 0..<clustered where sums.firstRow[row] < length {
                scanned += 1
                if scores[row] * root >= bar { survivors.append(UInt32(row)) }
            }
            for row in clustered..<store.count where scores[row] * root >= bar { survivors.append(UInt32(row)) }
            let size = MemoryLayout<Float>.size
            return (
                survivors,
                ReadBytes(
                    keys: scanned * d * size, values: survivors.count * store.valueDimension * size,
                    metadata: metadata(scanned: scanned))
            )
        }
        let nothing = reading(0)
        guard budget.pays(for: nothing.bytes) else { return .unaffordable(least: nothing.bytes.total) }
        var (low, high) = (0, rows + 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if budget.pays(for: reading(middle).bytes) { low = middle } else { high = middle }
        }
        let found = reading(low)
        if found.survivors.isEmpty, store.count > 0 {
            // The shortest sweep that finds a key for its own threshold.
            let next = (low + 1..<max(low + 2, rows + 1)).lazy.map(reading).first { !$0.survivors.isEmpty }
            return .unaffordable(least: (next ?? reading(rows)).bytes.total)
        }
        return PolicyReading(rows: found.survivors, bytes: found.bytes)
    }

    /// For each row of the sweep the sum over the parts, falling; and for each key the row that pops it.
    private func sweep(_ query: [Float]) -> (bound: [Double], firstRow: [Int]) {
        var firstRow = Array(repeating: Int.max, count: clustered)
        var bound = Array(repeating: 0.0, count: clustered > 0 ? parts.first?.cells ?? 0 : 0)
        guard !bound.isEmpty else { return (bound, firstRow) }
        for part in parts {
            let q = query[part.dimensions].map(Double.init)
            let norm = isSound ? q.reduce(0) { $0 + $1 * $1 }.squareRoot() * (1 + 0x1p-40) : 0
            var products = Array(repeating: 0.0, count: part.cells)
            for cell in 0..<part.cells {
                var sum = 0.0
                var size = 0.0
                for t in q.indices {
                    let product = q[t] * Double(part.centroids[cell * q.count + t])
                    sum += product
                    size += abs(product)
                }
                products[cell] = sum + (isSound ? norm * part.radii[cell] + size * 0x1p-40 : 0)
            }
            let order = products.indices.sorted { products[$0] != products[$1] ? products[$0] > products[$1] : $0 < $1 }
            var rank = Array(repeating: 0, count: part.cells)
            for (place, cell) in order.enumerated() {
                rank[cell] = place
                bound[place] += products[cell]
            }
            for row in 0..<clustered { firstRow[row] = min(firstRow[row], rank[Int(part.cellOfRow[row])]) }
        }
        return (bound, firstRow)
    }
}
