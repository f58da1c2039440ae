import HalfSpace
import Synchronization

/// Rows of keys and values that can be made in any order: what a workload's prompt consists of.
protocol RowSource: Workload {
    /// Writes the keys of `rows`, row-major, `dimension` floats each.
    func fillKeys(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) throws
    /// Writes the values of `rows`, row-major, `valueDimension` floats each.
    func fillValues(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) throws
}

extension RowSource {
    /// Appends the prompt in slices of about 4 MB, each made by all cores; a row does not depend on how the work was
    /// shared, so neither do the bits.
    public func fillPrompt(of store: KeyValueStore, progress: BuildProgress) throws {
        let slice = max(64, (1 << 20) / (dimension + valueDimension))
        for start in stride(from: 0, to: promptLength, by: slice) {
            try progress(Double(start) / Double(promptLength))
            let rows = start..<min(start + slice, promptLength)
            let keys = try Self.parallelRows(rows, width: dimension) { try fillKeys($0, into: $1) }
            let values = try Self.parallelRows(rows, width: valueDimension) { try fillValues($0, into: $1) }
            try store.append(keys: keys, values: values)
        }
        try progress(1)
    }

    /// Rows in an array, made in parts by all cores.
    private static func parallelRows(
        _ rows: Range<Int>, width: Int,
        fill: @escaping @Sendable (Range<Int>, UnsafeMutableBufferPointer<Float>) throws -> Void
    ) throws -> [Float] {
        let total = rows.count * width
        let failure = Mutex<(part: Int, error: any Error)?>(nil)
        let made = [Float](unsafeUninitializedCapacity: total) { out, count in
            let target = DisjointParts(buffer: out)
            let part = max(16, 16_384 / width)
            let parts = (rows.count + part - 1) / part
            ParallelLoop.run(parts) { index in
                let first = index * part
                let last = min(first + part, rows.count)
                let part = UnsafeMutableBufferPointer(rebasing: target.buffer[(first * width)..<(last * width)])
                do {
                    try fill((rows.lowerBound + first)..<(rows.lowerBound + last), part)
                } catch {
                    part.initialize(repeating: 0)
                    // That of the earliest rows is told, whichever thread was quicker.
                    failure.withLock { if index < $0?.part ?? .max { $0 = (index, error) } }
                }
            }
            count = total
        }
        if let failure = failure.withLock({ $0 }) { throw failure.error }
        return made
    }
}

/// A buffer of which each thread writes its own part alone.
private struct DisjointParts: @unchecked Sendable {
    let buffer: UnsafeMutableBufferPointer<Float>
}
