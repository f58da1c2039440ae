import Synchronization

/// The rows of one head, read from their file as float32: in any order, and never more of the file than is asked for.
struct HeadRows: Sendable {
    let source: HeadedTensor
    let head: Int
    /// What every entry is multiplied by.
    let factor: Float
    /// The rows that were read last, so that one step after another reads the file seldom.
    private let window: RowWindow

    var tokens: Int { source.tokens }
    var width: Int { source.width }

    init(_ source: HeadedTensor, head: Int, factor: Float = 1) {
        self.source = source
        self.head = head
        self.factor = factor
        window = RowWindow()
    }

    /// Writes rows, row-major.
    /// - Throws: ``TraceFault`` where the file is no longer what was opened, or for the first NaN or infinity.
    func fill(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) throws(TraceFault) {
        guard rows.lowerBound >= 0, rows.upperBound <= tokens, out.count == rows.count * width else {
            throw TraceFault(
                path: source.tensor.path, problem: .truncated(needed: rows.upperBound, there: tokens))
        }
        // Rows between which other heads' lie are read together with those while that costs little.
        let together = source.tokenStride == width || source.tokenStride * source.element.bytes <= Self.page
        let rowsAtOnce = together ? max(1, Self.readAtOnce / (source.tokenStride * source.element.bytes)) : 1
        var raw: [UInt8] = []
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsAtOnce) {
            let last = min(first + rowsAtOnce, rows.upperBound)
            let entries = (last - first - 1) * source.tokenStride + width
            let offset = source.tensor.start + source.offset(head: head, row: first) * source.element.bytes
            raw = try source.tensor.bytes.bytes(offset..<(offset + entries * source.element.bytes))
            let target = UnsafeMutableBufferPointer(
                rebasing: out[((first - rows.lowerBound) * width)..<((last - rows.lowerBound) * width)])
            decode(raw, into: target)
            try check(target, from: first)
        }
    }

    private static let readAtOnce = 1 << 20
    private static let page = 4096

    private func decode(_ raw: [UInt8], into out: UnsafeMutableBufferPointer<Float>) {
        let (row, step) = (source.width, source.tokenStride * source.element.bytes)
        raw.withUnsafeBytes { raw in
            if source.tokenStride == row {
                source.element.decode(raw, into: out, isBigEndian: source.tensor.isBigEndian)
            } else {
                for i in 0..<(out.count / row) {
                    source.element.decode(
                        UnsafeRawBufferPointer(rebasing: raw[(i * step)..<(i * step + row * source.element.bytes)]),
                        into: UnsafeMutableBufferPointer(rebasing: out[(i * row)..<((i + 1) * row)]),
                        isBigEndian: source.tensor.isBigEndian)
                }
            }
        }
        if factor != 1 { for i in out.indices { out[i] *= factor } }
    }

    /// Throws for the first NaN or infinity, with its index in the tensor.
    private func check(_ entries: UnsafeMutableBufferPointer<Float>, from row: Int) throws(TraceFault) {
        // A sum of zeros of any sign is finite, and NaN otherwise.
        var sum = Float(0)
        for entry in entries { sum += entry * 0 }
        guard !sum.isFinite, let at = entries.firstIndex(where: { !$0.isFinite }) else { return }
        let value = entries[at].isNaN ? "NaN" : entries[at] < 0 ? "-infinity" : "infinity"
        throw TraceFault(
            path: source.tensor.path,
            problem: .notFinite(
                tensor: source.tensor.name,
                index: source.index(head: head, row: row + at / width, column: at % width), value: value))
    }

    /// One row, from memory where it was read with those before it.
    func row(_ row: Int) throws(TraceFault) -> [Float] { try window.row(row, of: self) }
}

/// Rows that were read together: a private copy, which no change of the file reaches.
private final class RowWindow: Sendable {
    private struct Held {
        var first = 0
        var entries: [Float] = []
    }
    private let held = Mutex(Held())

    /// Floats that are kept.
    private static let most = 1 << 22

    func row(_ row: Int, of rows: HeadRows) throws(TraceFault) -> [Float] {
        let width = rows.width
        if let found = held.withLock({ Self.row(row, in: $0, width: width) }) { return found }
        let first = row
        let count = max(1, min(rows.tokens - first, Self.most / width))
        var fault: TraceFault?
        let entries = [Float](unsafeUninitializedCapacity: count * width) { out, filled in
            do throws(TraceFault) {
                try rows.fill(
                    first..<(first + count), into: UnsafeMutableBufferPointer(rebasing: out[..<(count * width)]))
            } catch {
                fault = error
                out.initialize(repeating: 0)
            }
            filled = count * width
        }
        if let fault { throw fault }
        held.withLock { $0 = Held(first: first, entries: entries) }
        return Array(entries[..<width])
    }

    private static func row(_ row: Int, in held: Held, width: Int) -> [Float]? {
        let start = (row - held.first) * width
        guard row >= held.first, start + width <= held.entries.count else { return nil }
        return Array(held.entries[start..<(start + width)])
    }
}
