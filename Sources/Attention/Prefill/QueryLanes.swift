import CKernels
import HalfSpace

/// Queries of a prefill side by side in the lanes of a kernel, with what they sum.
final class QueryLanes {
    let width: Int
    private let d: Int
    private let dv: Int
    private let q: AlignedBuffer<Float>
    private let b: AlignedBuffer<Float>
    private let bands: AlignedBuffer<Float>
    private let shifts: AlignedBuffer<Float>
    private let limits: AlignedBuffer<Int32>
    private let exact: AlignedBuffer<Float>
    private let thresholds: AlignedBuffer<Double>
    private let values: AlignedBuffer<Float>
    private let weights: AlignedBuffer<Float>
    private let counts: AlignedBuffer<Int32>
    private let largest: AlignedBuffer<Float>
    private var rows: [Int] = []

    init(width: Int, job: PrefillJob) {
        self.width = width
        d = job.d
        dv = job.dv
        q = AlignedBuffer(count: width * d)
        b = AlignedBuffer(count: width)
        bands = AlignedBuffer(count: width)
        shifts = AlignedBuffer(count: width)
        limits = AlignedBuffer(count: width)
        exact = AlignedBuffer(count: width * d)
        thresholds = AlignedBuffer(count: width)
        values = AlignedBuffer(count: width * dv)
        weights = AlignedBuffer(count: width)
        counts = AlignedBuffer(count: width)
        largest = AlignedBuffer(count: width)
    }

    /// Takes rows of the job, at most `width`; lanes that are left repeat the first row, and are never handed back.
    func load(_ rows: [Int], job: PrefillJob) {
        self.rows = rows
        let scale = Float(1 / Double(d).squareRoot())
        job.queries.withUnsafeBufferPointer { source in
            for lane in 0..<width {
                let row = lane < rows.count ? rows[lane] : rows[0]
                for t in 0..<d {
                    let x = source[row * d + t]
                    q.base[t * width + lane] = x * scale
                    exact.base[lane * d + t] = x
                }
                thresholds.base[lane] = job.thresholds.base[row]
                b.base[lane] = Float(job.thresholds.base[row])
                bands.base[lane] = job.guardBand(row)
                shifts.base[lane] = job.shift(row)
                limits.base[lane] = Int32(job.visible(row))
            }
        }
        clear()
    }

    private func clear() {
        for i in 0..<(width * dv) { values.base[i] = 0 }
        for lane in 0..<width {
            weights.base[lane] = 0
            counts.base[lane] = 0
            largest.base[lane] = -.infinity
        }
    }

    /// Replaces the threshold of a lane, for kernels that go by float32 alone.
    func setThreshold(_ lane: Int, _ threshold: Float) { b.base[lane] = threshold }

    /// The lanes that hold rows.
    var active: UInt32 { rows.count >= 32 ? .max : (1 << UInt32(rows.count)) - 1 }

    /// The view of the kernels; `limited` where some lane may not see all the keys it is given.
    func view(limited: Bool) -> ck_lanes {
        ck_lanes(
            q: q.base, b: b.base, guard: bands.base, shift: shifts.base, limit: limited ? limits.base : nil,
            exact: exact.base, threshold: thresholds.base)
    }

    var sums: ck_lane_sums { ck_lane_sums(values: values.base, weight: weights.base, count: counts.base) }
    var runningMaximum: UnsafeMutablePointer<Float> { largest.base }

    /// How many members each lane has counted so far.
    func count(_ lane: Int) -> Int { Int(counts.base[lane]) }
    var countBase: UnsafeMutablePointer<Int32> { counts.base }

    /// Adds what the lanes summed to their rows, and empties them.
    func flush(to job: PrefillJob) {
        for (lane, row) in rows.enumerated() {
            let out = job.sums.base + row * dv
            for t in 0..<dv { out[t] += values.base[t * width + lane] }
            job.weights.base[row] += Double(weights.base[lane])
            job.reported.base[row] += UInt32(counts.base[lane])
        }
        clear()
    }

    /// The same for a softmax with a running maximum, whose sums stay as they are until the end.
    func flushSoftmax(to job: PrefillJob) {
        for (lane, row) in rows.enumerated() {
            let out = job.sums.base + row * dv
            let weight = weights.base[lane]
            let holds = job.precision(row).holdsExponentials(upTo: Double(largest.base[lane]))
            if weight > 0, !holds { job.doubt(row) }
            for t in 0..<dv { out[t] = weight > 0 ? values.base[t * width + lane] / weight : 0 }
        }
        clear()
    }
}
