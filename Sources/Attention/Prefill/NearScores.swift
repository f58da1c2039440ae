import CKernels
import HalfSpace

/// The first pass of dense entmax over a block of rows: where the weights of each row begin, `τ/(a−1)`.
///
/// The scores that may have a weight are listed; what a part of the keys says of τ bounds it from below, so that of the
/// others little is listed.
final class NearScores {
    private let alpha: Double
    private let capacity: Int
    private let lists: AlignedBuffer<Float>
    private let counts: AlignedBuffer<Int32>
    private let largest: AlignedBuffer<Float>
    private let bounds: AlignedBuffer<Float>
    private var cutAt: [Int]
    private static let width = Int(CK_BLOCK_LANES)
    /// Keys after which τ is found for the first time; then after eight times as many, and so on.
    private static let firstKeys = 64

    init(alpha: Double, job: PrefillJob) {
        self.alpha = alpha
        capacity = job.n + 16
        lists = AlignedBuffer(count: Self.width * capacity)
        counts = AlignedBuffer(count: Self.width)
        largest = AlignedBuffer(count: Self.width)
        bounds = AlignedBuffer(count: Self.width)
        cutAt = Array(repeating: 0, count: Self.width)
    }

    /// Sets the thresholds of loaded lanes to where the weights begin. O(n·d) a row.
    func findThresholds(_ lanes: QueryLanes, of block: Range<Int>, job: PrefillJob) {
        let reach = Float(Entmax.reach(alpha)) * 1.0001
        for lane in 0..<Self.width {
            counts.base[lane] = 0
            largest.base[lane] = -.infinity
            bounds.base[lane] = -.greatestFiniteMagnitude
            cutAt[lane] = 0
        }
        var rows = job.rows
        DenseRows.eachStretch(of: job, block) { keys, limited in
            var view = lanes.view(limited: limited)
            var first = keys.lowerBound
            while first < keys.upperBound {
                let last = min(keys.upperBound, max(Self.firstKeys, first * 8))
                ck_block_near(
                    &rows, first, last, &view, reach, largest.base, bounds.base, lists.base, capacity, counts.base)
                first = last
                for lane in 0..<block.count where Int(counts.base[lane]) > 2 * cutAt[lane] { cut(lane) }
            }
        }
        for (lane, row) in block.enumerated() where counts.base[lane] > 0 {
            cut(lane)
            lanes.setThreshold(lane, bounds.base[lane])
            let size = Double(max(abs(largest.base[lane]), abs(bounds.base[lane])))
            let support = Int(counts.base[lane])
            if alpha > 2 || !job.precision(row).holdsEntmax(alpha: alpha, size: size, support: support) {
                job.doubt(row)
            }
        }
    }

    /// Finds τ among what a lane has listed.
    private func cut(_ lane: Int) {
        var count = Int(counts.base[lane])
        bounds.base[lane] = ck_entmax_cut(
            lists.base + lane * capacity, &count, largest.base[lane], bounds.base[lane], Float(alpha - 1),
            Float(1 / (alpha - 1)))
        counts.base[lane] = Int32(count)
        cutAt[lane] = count + 32
    }
}
