import CKernels
import Foundation
import HalfSpace
import Measurement

/// Memory that is read in order with nothing else to do: what no product with weights of that size can be faster than.
public struct PlainRead: Sendable {
    private let memory: AlignedBuffer<Float>
    private let floats: Int
    private static let (rounds, row) = (7, 64)

    public init(bytes: Int) {
        floats = max(Self.row * 2, bytes / 4 / (2 * Self.row) * 2 * Self.row)
        memory = AlignedBuffer(count: floats + 64)
        for i in 0..<floats { memory.base[i] = Float(i & 7) }
    }

    /// Bytes a second, the median of a few rounds.
    /// - Parameter workers: threads that share the memory out; nil takes every core.
    public func perSecond(workers: Int?) -> Double {
        let threads = max(1, workers ?? ProcessInfo.processInfo.activeProcessorCount)
        let rows = floats / 2 / Self.row / threads
        let sums = Sums(threads)
        let seconds: [Double] = (0..<Self.rounds).map { _ in
            let watch = Stopwatch()
            ParallelLoop.run(threads) { [self] thread in
                let start = memory.base + thread * rows * 2 * Self.row
                var view = ck_rows()
                (view.keys, view.values) = (ck_floats(start, Self.row), ck_floats(start + rows * Self.row, Self.row))
                (view.d, view.dv) = (.init(Self.row), .init(Self.row))
                sums.add(thread, ck_plain_read(&view, rows))
            }
            return watch.seconds
        }
        // The sums are used, so that no compiler leaves the reads out.
        return sums.total.isNaN ? 0 : Double(threads * rows * 2 * Self.row * 4) / Samples(seconds).median
    }

    /// What threads read, each at a place of its own.
    private final class Sums: @unchecked Sendable {
        private let memory: AlignedBuffer<Float>
        private let count: Int
        init(_ count: Int) { (memory, self.count) = (AlignedBuffer(count: 16 * count), count) }
        func add(_ thread: Int, _ x: Float) { memory.base[16 * thread] += x }
        var total: Float { (0..<count).reduce(0) { $0 + memory.base[16 * $1] } }
    }
}
