import CKernels
import HalfSpace

/// The first pass of dense entmax over a block of rows: the scores near the largest of each, and from them τ.
final class NearScores {
    private let alpha: Double
    private let lists: AlignedBuffer<Float>
    private let counts: AlignedBuffer<Int32>
    private let largest: AlignedBuffer<Float>
    private var near: [[Float]]
    private static let width = Int(CK_BLOCK_LANES)

    init(alpha: Double) {
        self.alpha = alpha
        lists = AlignedBuffer(count: Self.width * DenseRows.stretch)
        counts = AlignedBuffer(count: Self.width)
        largest = AlignedBuffer(count: Self.width)
        near = Array(repeating: [], count: Self.width)
    }

    /// Sets the thresholds of loaded lanes to `τ/(a−1)`, where the weights of entmax begin. O(n·d) a row.
    func findThresholds(_ lanes: QueryLanes, of block: Range<Int>, job: PrefillJob) {
        let reach = Float(Entmax.reach(alpha)) * 1.0001
        for lane in 0..<Self.width {
            near[lane].removeAll(keepingCapacity: true)
            largest.base[lane] = -.infinity
        }
        var rows = job.rows
        DenseRows.eachStretch(of: job, block) { keys, limited in
            var view = lanes.view(limited: limited)
            for lane in 0..<Self.width { counts.base[lane] = 0 }
            ck_block_near(
                &rows, keys.lowerBound, keys.upperBound, &view, reach, largest.base, lists.base, DenseRows.stretch,
                counts.base)
            for lane in 0..<block.count { take(lane, from: largest.base[lane] - reach) }
        }
        for lane in 0..<block.count {
            let top = largest.base[lane]
            guard top.isFinite else { continue }
            let z = near[lane].filter { $0 >= top - reach }.map { (alpha - 1) * (Double($0) - Double(top)) }
            let tau = Entmax.threshold(z, alpha: alpha)
            lanes.setThreshold(lane, Float(Double(top) + tau / (alpha - 1)))
        }
    }

    /// Keeps what a stretch listed for a lane, unless a larger score was found since.
    private func take(_ lane: Int, from low: Float) {
        let list = UnsafeBufferPointer(start: lists.base + lane * DenseRows.stretch, count: Int(counts.base[lane]))
        for score in list where score >= low { near[lane].append(score) }
    }
}
