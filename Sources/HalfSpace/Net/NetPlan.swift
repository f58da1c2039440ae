import CKernels
import Foundation
import Measurement

/// How many cells a net has, what each must hold, and whether that fits.
struct NetPlan {
    let directions: DirectionCells
    private let store: KeyValueStore
    private let rows: Range<Int>
    private let leastDistance: Double?
    private let spread: KeySpread
    private let columns: KeyColumns

    /// Copies of a key beyond which a net is no index any more, and the share of the machine's memory that it may take.
    private static let mostCopies = 40.0
    private static let memoryShare = 0.25
    /// What is left of the memory is not asked for less.
    private static let fewBytes = 0x1p24
    /// Above this, cells have more corners than they have keys.
    static let mostDimensions = 5

    init(store: KeyValueStore, rows: Range<Int>, leastDistance: Double?) throws {
        self.store = store
        self.rows = rows
        self.leastDistance = leastDistance
        let d = store.dimension
        guard d <= Self.mostDimensions else {
            throw IndexCannotServe(
                kind: .net,
                reason:
                    "d is \(d), and beyond \(Self.mostDimensions) its cells of directions have more corners than keys")
        }
        directions = DirectionCells(dimension: d, parts: Self.parts(dimension: d, count: rows.count))
        spread = KeySpread(store: store, rows: rows)
        let perCopy = Double((d + store.valueDimension) * 4 + 12)
        columns = KeyColumns(store: store, rows: rows)
        let copies = expectedCopies()
        let bytes = copies * Double(rows.count) * perCopy
        let memory = Double(ProcessInfo.processInfo.physicalMemory) * Self.memoryShare
        guard copies <= Self.mostCopies || rows.count < 4096, bytes <= memory,
            bytes <= Self.fewBytes || bytes <= Double(MachineMemory.room)
        else {
            throw IndexCannotServe(
                kind: .net,
                reason: copies > Self.mostCopies
                    ? String(format: "its cells of directions would hold each key about %.0f times", copies)
                    : String(format: "its cells of directions would need about %.1f GB", bytes / 1e9))
        }
    }

    /// Parts of a face along each axis: cells hold some hundred keys, and more cells than that stop paying.
    private static func parts(dimension d: Int, count n: Int) -> Int {
        if n < 1024 { return d <= 3 ? 2 : 1 }
        let level = log2(Double(n) / 1024) / 10
        switch d {
        case 1: return 1
        case 2: return Int(4 * pow(16, level))
        case 3: return Int((3 * pow(8.0 / 3, level)).rounded())
        case 4: return Int((2 * pow(2, level)).rounded())
        default: return 2
        }
    }

    /// The least distance of a cell: that of its middle or a corner, whichever is least.
    private func least(_ middle: [Double], _ corners: [[Double]]) -> Double {
        leastDistance ?? ([middle] + corners).map(spread.distance).min() ?? 0
    }

    /// How often a key is copied, from a sample of keys and cells.
    private func expectedCopies() -> Double {
        guard !rows.isEmpty else { return 0 }
        let sample = KeyColumns(store: store, rows: rows, most: 2048)
        let step = max(1, directions.count / 64)
        var members = 0
        var tried = 0
        for cell in stride(from: 0, to: directions.count, by: step) {
            members += list(cell, of: sample).ids.count
            tried += 1
        }
        return Double(members) / Double(tried * sample.count) * Double(directions.count)
    }

    /// The keys of a cell, as numbers of the columns.
    private func list(_ cell: Int, of columns: KeyColumns) -> (ids: [UInt32], least: Double, sine: Double) {
        let (middle, corners) = directions.directions(of: cell)
        let cosine = DirectionCells.cosine(middle, corners)
        let sine = max(0, 1 - cosine * cosine).squareRoot()
        let least = least(middle, corners)
        let ids = columns.list(axis: middle, cosine: cosine, sine: sine, least: least)
        return (ids, least, sine)
    }

    /// Builds the cells, several at once where asked.
    func makeCells(threads: Int, progress: BuildProgress) throws -> [NetCell] {
        let count = directions.count
        var cells: [NetCell] = []
        cells.reserveCapacity(count)
        let slice = max(1, 4 * threads)
        let arena = MemoryArena()
        for start in stride(from: 0, to: count, by: slice) {
            try progress(Double(start) / Double(count))
            let room = CellRoom(min(slice, count - start))
            if threads > 1 {
                ParallelLoop.run(room.count) { [self] in room.set($0, make(start + $0, arena)) }
            } else {
                for i in 0..<room.count { room.set(i, make(start + i, arena)) }
            }
            cells += room.cells
        }
        return cells
    }

    private func make(_ cell: Int, _ arena: MemoryArena) -> NetCell? {
        let (ids, least, sine) = list(cell, of: columns)
        let (middle, _) = directions.directions(of: cell)
        // A node of length l across the direction meets planes that are tilted by up to the cell's angle: l·sin thick.
        let frame = Frame(along: middle, across: max(sine, 1e-3))
        let list = RowSelection.list(ids.map { columns.rows[Int($0)] })
        guard let tree = try? PartitionTree(store: store, rows: list, frame: frame, arena: arena, progress: { _ in })
        else {
            return nil
        }
        return NetCell(least: least, tree: tree)
    }
}

/// Where threads put the cells that they made.
private final class CellRoom: @unchecked Sendable {
    private let lock = NSLock()
    private var made: [NetCell?]

    init(_ count: Int) { made = Array(repeating: nil, count: count) }

    var count: Int { made.count }
    var cells: [NetCell] { lock.withLock { made.compactMap { $0 } } }

    func set(_ i: Int, _ cell: NetCell?) { lock.withLock { made[i] = cell } }
}
