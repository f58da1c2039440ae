import CKernels

/// Orders the rows of a tree by recursive splits across the widest axis, and lays out its boxes and leaves.
final class TreeBuilder: @unchecked Sendable {
    let store: KeyValueStore
    let frame: Frame?
    let count: Int
    /// Nodes of each level, leaves first.
    let nodes: [Int]
    let keyScale: Double
    let largestEntry: [Double]
    private(set) var largestFramed: [Double]
    /// Floats of a leaf: its keys, then its values.
    let leafStride: Int
    /// Store rows in tree order.
    private(set) var positions: AlignedBuffer<UInt32>

    private let d: Int
    private let threads: Int
    /// Coordinates by which nodes are split and bounded, row-major in tree order.
    private(set) var coordinates: AlignedBuffer<Float>

    init(store: KeyValueStore, rows: RowSelection, frame: Frame?, threads: Int) throws {
        self.store = store
        self.frame = frame
        self.threads = threads
        let d = store.dimension
        self.d = d
        let count = rows.count
        self.count = count
        var nodes: [Int] = []
        var size = (count + PartitionTree.leafSize - 1) / PartitionTree.leafSize
        while size > 0 {
            nodes.append(size)
            if size <= PartitionTree.top { break }
            size = (size + PartitionTree.fanout - 1) / PartitionTree.fanout
        }
        self.nodes = nodes
        leafStride = PartitionTree.leafSize * (d + store.valueDimension)

        let positions = AlignedBuffer<UInt32>(count: count)
        switch rows {
        case .range(let range): for i in 0..<count { positions.base[i] = UInt32(range.lowerBound + i) }
        case .list(let list): for i in 0..<count { positions.base[i] = list[i] }
        }
        self.positions = positions
        // The store's count may change while a build beside the stream reads rows that were there before: only the address
        // of its rows is taken.
        let keys = store.kernelRows.keys
        let room = AlignedBuffer<Float>(count: d)
        func key(_ i: Int) -> UnsafePointer<Float> {
            ck_row(keys, Int(positions.base[i]), d, room.base) ?? UnsafePointer(room.base)
        }
        var largest = [Float](repeating: 0, count: d)
        largest.withUnsafeMutableBufferPointer { largest in
            for i in 0..<count {
                let key = key(i)
                for t in 0..<d { largest[t] = max(largest[t], abs(key[t])) }
            }
        }
        keyScale = PowerOfTwo.taming(Double(largest.max() ?? 0))
        largestEntry = largest.map(Double.init)
        let coordinates = AlignedBuffer<Float>(count: count * d)
        for i in 0..<count {
            let key = key(i)
            if let frame {
                for t in 0..<d { coordinates.base[i * d + t] = Float(frame.coordinate(t, of: key) * keyScale) }
            } else if keyScale == 1 {
                for t in 0..<d { coordinates.base[i * d + t] = key[t] }
            } else {
                for t in 0..<d { coordinates.base[i * d + t] = Float(Double(key[t]) * keyScale) }
            }
        }
        self.coordinates = coordinates
        let scale = keyScale
        largestFramed = largest.map { Double($0) * scale }
        if frame != nil {
            var largest = [Float](repeating: 0, count: d)
            for i in 0..<count {
                for t in 0..<d { largest[t] = max(largest[t], abs(coordinates.base[i * d + t])) }
            }
            largestFramed = largest.map(Double.init)
        }
    }

    /// Splits from the root down: within each node the rows are divided among its 16 children, then moved there, so that
    /// the next level works in near memory.
    func partition(progress: BuildProgress) throws {
        guard count > PartitionTree.leafSize else { return }
        let order = AlignedBuffer<UInt64>(count: count)
        var spareCoordinates = AlignedBuffer<Float>(count: count * d)
        var sparePositions = AlignedBuffer<UInt32>(count: count)
        for level in stride(from: nodes.count - 1, through: 0, by: -1) {
            let childSize = PartitionTree.leafSize << (4 * level)
            // The highest level is divided at once.
            let parentSize = level == nodes.count - 1 ? count : childSize * PartitionTree.fanout
            let parents = (count + parentSize - 1) / parentSize
            let from = coordinates
            let to = spareCoordinates
            let rows = positions
            let moved = sparePositions
            try forEach(parents, progress: progress, level: level) { parent in
                let first = parent * parentSize
                let last = min(first + parentSize, self.count)
                let children = (last - first + childSize - 1) / childSize
                let local = order.base + first
                for i in 0..<last - first { local[i] = UInt64(i) }
                self.split(
                    local, 0..<last - first, children: children, childSize: childSize,
                    coordinates: UnsafePointer(from.base + first * self.d))
                for i in 0..<last - first {
                    let source = first + Int(truncatingIfNeeded: local[i] & 0xffff_ffff)
                    moved.base[first + i] = rows.base[source]
                    let old = from.base + source * self.d
                    let new = to.base + (first + i) * self.d
                    for t in 0..<self.d { new[t] = old[t] }
                }
            }
            (coordinates, spareCoordinates) = (spareCoordinates, coordinates)
            (positions, sparePositions) = (sparePositions, positions)
        }
    }

    /// Runs the parents of a level, on several threads where asked, in slices between which it can be stopped.
    private func forEach(
        _ parents: Int, progress: BuildProgress, level: Int, _ body: @escaping @Sendable (Int) -> Void
    ) throws {
        let slice = max(1, (1 << 14) / (PartitionTree.leafSize << (4 * level)) * threads)
        for start in stride(from: 0, to: parents, by: slice) {
            let done = Double(nodes.count - 1 - level) + Double(start) / Double(parents)
            try progress(done / Double(nodes.count))
            let end = min(start + slice, parents)
            if threads > 1 && end - start > 1 {
                ParallelLoop.run(end - start) { body(start + $0) }
            } else {
                for parent in start..<end { body(parent) }
            }
        }
    }

    /// Halves a range at a multiple of the child size, across the axis on which a sample is widest, until each part is a
    /// child. The low half of an entry of `order` is a row of the node, the high half its coordinate on the axis.
    private func split(
        _ order: UnsafeMutablePointer<UInt64>, _ range: Range<Int>, children: Int, childSize: Int,
        coordinates: UnsafePointer<Float>
    ) {
        guard children > 1 else { return }
        let axis = widestAxis(order, range, coordinates)
        for i in range {
            let row = order[i] & 0xffff_ffff
            order[i] = Self.ordered(coordinates[Int(truncatingIfNeeded: row) * d + axis]) << 32 | row
        }
        // The largest power of two below: neighbouring children, a power of two of them, then stand in one box.
        let left = 1 << (Int.bitWidth - 1 - (children - 1).leadingZeroBitCount)
        let middle = range.lowerBound + left * childSize
        Selection.select(order, range, middle)
        let halves = [
            (range.lowerBound..<middle, left), (middle..<range.upperBound, children - left),
        ]
        if threads > 1 && range.count > 1 << 15 {
            nonisolated(unsafe) let order = order
            nonisolated(unsafe) let coordinates = coordinates
            ParallelLoop.run(2) { i in
                self.split(order, halves[i].0, children: halves[i].1, childSize: childSize, coordinates: coordinates)
            }
        } else {
            for half in halves {
                split(order, half.0, children: half.1, childSize: childSize, coordinates: coordinates)
            }
        }
    }

    /// The axis on which a sample of the range extends furthest, weighted by the frame.
    private func widestAxis(
        _ order: UnsafeMutablePointer<UInt64>, _ range: Range<Int>, _ coordinates: UnsafePointer<Float>
    ) -> Int {
        let step = max(1, range.count / 128)
        var best = 0
        var bestExtent = -1.0
        for t in 0..<d {
            var low = Float.infinity
            var high = -Float.infinity
            for i in stride(from: range.lowerBound, to: range.upperBound, by: step) {
                let x = coordinates[Int(truncatingIfNeeded: order[i] & 0xffff_ffff) * d + t]
                low = min(low, x)
                high = max(high, x)
            }
            let extent = (Double(high) - Double(low)) * (frame?.importance[t] ?? 1)
            if extent > bestExtent { (best, bestExtent) = (t, extent) }
        }
        return best
    }

    /// The bits of a float such that unsigned order is the order of the numbers.
    private static func ordered(_ x: Float) -> UInt64 {
        let bits = x.bitPattern
        return UInt64(bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits)
    }
}
