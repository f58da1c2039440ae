import CKernels
import Foundation
import Measurement

extension MachineCosts {
    /// Measures this machine on the calling thread: some 0.3 seconds in a release build, below a second in any.
    ///
    /// Kernels take the best of several short runs, since what disturbs a run only makes it longer, and reads the lower quartile, since
    /// a lucky one says little of the next. Figures are rounded to a few steps a decade, so that two measurements of one
    /// machine mostly agree. Where the memory is too small for what no cache holds, they are ``assumed``.
    public static func measured() -> MachineCosts {
        guard mostBytes <= MachineMemory.room else { return .assumed }
        let cache = largestCache
        let near = measuredNear(cache: cache)
        let far = measuredFar(bytes: min(mostBytes, max(mostBytes / 2, 2 * cache)))
        let kernels = KernelRates()
        var costs = MachineCosts(
            far: far, near: near, nearBytes: nearBytes(rate: near.bytes), products: kernels.products,
            codes: kernels.codes, codesTogether: kernels.codesTogether, exponentials: kernels.exponentials)
        costs.round()
        guard costs.isSound else { return .assumed }
        costs.isMeasured = true
        return costs
    }

    /// Bytes that are read at most.
    private static let mostBytes = 1 << 27

    /// Bytes of the largest cache, or what most machines have at least.
    private static var largestCache: Int {
        #if os(Linux)
            let sizes = [sysconf(Int32(_SC_LEVEL3_CACHE_SIZE)), sysconf(Int32(_SC_LEVEL2_CACHE_SIZE))]
            return min(sizes.max() ?? 0, 1 << 27) > 0 ? min(sizes.max() ?? 0, 1 << 27) : 1 << 20
        #else
            return 1 << 22
        #endif
    }

    /// Steps a decade to which figures are rounded.
    private static let steps = 24.0

    private mutating func round() {
        func rounded(_ x: Double) -> Double { pow(10, (log10(x) * Self.steps).rounded() / Self.steps) }
        for path in [
            \MachineCosts.far.bytes, \.far.line, \.far.beside, \.far.wait, \.near.bytes, \.near.line, \.near.beside,
            \.near.wait, \.products, \.codes, \.codesTogether, \.exponentials,
        ] where self[keyPath: path] > 0 { self[keyPath: path] = rounded(self[keyPath: path]) }
    }

    /// The bytes that stay near: as much as is still read at half the rate of the nearest, in steps of two.
    private static func nearBytes(rate: Double) -> Double {
        var bytes = 1 << 20
        while bytes < 1 << 26, 2 * ReadBuffer(bytes: 2 * bytes).rate() > rate { bytes *= 2 }
        return Double(bytes)
    }

    /// What a warm step reads stays in the second cache or the next; its code and tables in the first two.
    private static func measuredNear(cache: Int) -> Memory {
        let rows = ReadBuffer(bytes: min(1 << 20, cache / 4))
        let line = rows.line()
        return Memory(
            bytes: rows.rate(), line: line, beside: rows.beside(line: line),
            wait: ReadBuffer(bytes: min(1 << 17, cache / 8)).wait())
    }

    /// A cold step reads a few megabytes that no cache holds: its first lines are waited for, and pages are looked up.
    private static func measuredFar(bytes: Int) -> Memory {
        let buffer = ReadBuffer(bytes: bytes)
        let line = buffer.line()
        return Memory(
            bytes: buffer.rate(ofPieces: 1 << 21), line: line, beside: buffer.beside(line: line), wait: buffer.wait())
    }
}

/// Memory to read from, all of it written to, so that each page has memory of its own; in windows of the size that an index may
/// have: each call reads in the next, so that none is near.
private struct ReadBuffer {
    private let words: AlignedBuffer<UInt64>
    /// Cache lines of a window, a power of two.
    private let lines: Int
    private let windows: Int

    private static let largestWindow = 1 << 24
    private static let wordsPerLine = Int(CK_LINE) / MemoryLayout<UInt64>.size

    init(bytes: Int) {
        let size = min(max(bytes, Int(CK_LINE)), Self.largestWindow)
        lines = 1 << (Int.bitWidth - 1 - (size / Int(CK_LINE)).leadingZeroBitCount)
        windows = max(1, bytes / Self.largestWindow)
        words = AlignedBuffer(count: windows * lines * Self.wordsPerLine)
        for i in 0..<windows { ck_machine_chain(window(i), lines) }
    }

    private func window(_ i: Int) -> UnsafeMutablePointer<UInt64> {
        words.base + i % windows * lines * Self.wordsPerLine
    }

    /// Bytes read in order, a microsecond, as two arrays side by side, as keys and values are read; in pieces one after the other,
    /// each of them a call, or all in one.
    func rate(ofPieces size: Int = .max) -> Double {
        let bytes = words.count * MemoryLayout<UInt64>.size
        let piece = min(size, bytes)
        let length = Int(CK_LINE) / MemoryLayout<Float>.size
        let floats = piece / MemoryLayout<Float>.size
        var start = 0
        return words.base.withMemoryRebound(to: Float.self, capacity: 2 * words.count) { base in
            Double(piece)
                / usual {
                    let keys = base + start
                    var rows = ck_rows(
                        keys: ck_floats(keys, length), values: ck_floats(keys + floats / 2, length), key_blocks: nil,
                        value_blocks: nil, d: length, dv: length)
                    keep(ck_plain_read(&rows, floats / 2 / length))
                    start = (start + floats) % (bytes / MemoryLayout<Float>.size)
                }
        }
    }

    /// Microseconds for a line that has to be there before the next can be asked for.
    func wait() -> Double {
        let count = min(lines, 4000)
        var (call, at) = (0, UInt64(0))
        let time = usual {
            at = ck_machine_wait(window(call), at, count)
            call += 1
        }
        keep(at)
        return time / Double(count)
    }

    /// Microseconds for a line from anywhere, many of which are asked for at once.
    func line() -> Double {
        let count = min(lines, 20_000)
        var call = 0
        return usual {
            keep(ck_machine_lines(window(call), lines, UInt64(call * count), count))
            call += 1
        } / Double(count)
    }

    /// Microseconds for a further line of rows that are picked in order, one in six of some eight lines, as a step reads values;
    /// a line by itself takes `line`.
    func beside(line: Double) -> Double {
        let (rowLines, gap) = (8, 6)
        let floats = rowLines * Int(CK_LINE) / MemoryLayout<Float>.size
        var dice = SplitMix(seed: 1)
        let rows = (0..<UInt32(max(0, lines / rowLines - gap))).filter { _ in dice.next() % UInt64(gap) == 0 }
        guard !rows.isEmpty else { return line }
        let weights = [Float](repeating: 1, count: rows.count)
        var (call, sums) = (0, [Float](repeating: 0, count: floats))
        let time = usual {
            window(call).withMemoryRebound(to: Float.self, capacity: 2 * lines * Self.wordsPerLine) { base in
                // Once round the windows the rows are others, so that no cache holds them.
                let first = ck_floats(base + call / windows % gap * floats, floats)
                ck_sum_values(first, floats, rows, weights, rows.count, &sums)
            }
            call += 1
        }
        keep(sums)
        let places = MachineCosts.pages(of: Double(rows.count), in: Double(lines) * MachineCosts.lineBytes)
        return max(1e-5, (time - places * line) / (Double(rows.count * rowLines) - places))
    }
}

/// Microseconds of some calls, ascending: as many as fit a few hundredths of a second, three at least.
private func times(_ body: () -> Void) -> [Double] {
    let watch = Stopwatch()
    var times: [Double] = []
    repeat {
        times.append(max(1e-3, Stopwatch.microseconds(body)))
    } while times.count < 3 || (times.count < 200 && watch.seconds < 0.02)
    return times.sorted()
}

/// Microseconds of the quickest of some calls.
func quickest(_ body: () -> Void) -> Double { times(body)[0] }

/// What most calls take in microseconds, those left out that something disturbed: the lower quartile.
private func usual(_ body: () -> Void) -> Double {
    let sorted = times(body)
    return sorted[sorted.count / 4]
}

/// Uses a value, so that no compiler leaves out what made it.
@inline(never)
func keep(_ value: some Any) {}
