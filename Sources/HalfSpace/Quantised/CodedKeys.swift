import CKernels

/// Keys in codes of 4 or 6 bits with a sound bound of each key's error.
///
/// A group of 256 keys has a centre and a step, and each key a byte with the norm of its error, so that
/// `⟨q, k⟩ ≤ ⟨q, k̂⟩ + ‖q‖·error` by Cauchy and Schwarz. Only keys whose bound reaches the half-space are read in
/// float32. The step is the one that makes the error of a sample least.
final class CodedKeys: @unchecked Sendable {
    private let weights: AlignedBuffer<Float>
    private let codes: AlignedBuffer<UInt8>
    private let centres: AlignedBuffer<Float>
    private let groups: AlignedBuffer<ck_group>
    /// The view that kernels take.
    let view: ck_coded
    let count: Int
    let dimension: Int

    static let groupRows = Int(CK_GROUP)
    /// From this d on rows of float32 are so long that two bits more, which halve the keys to be read, pay.
    static let sixBitsFrom = 40

    /// Encodes `count` rows of d floats at `keys`; O(n·d).
    init(
        keys: UnsafePointer<Float>, count: Int, dimension d: Int, bits: Int? = nil, threads: Int,
        progress: BuildProgress
    ) throws {
        self.count = count
        dimension = d
        let bits = bits ?? (d >= Self.sixBitsFrom ? 6 : 4)
        let groupCount = (count + Self.groupRows - 1) / Self.groupRows
        let stride = (d + 15) & ~15
        let blockBytes = ck_block_bytes(d, Int32(bits))
        codes = AlignedBuffer(count: groupCount * Int(CK_GROUP / CK_BLOCK) * blockBytes + 64)
        centres = AlignedBuffer(count: (groupCount + 16) * stride)
        groups = AlignedBuffer(count: groupCount + 1)
        weights = AlignedBuffer(count: stride)
        view = ck_coded(
            count: count, d: d, bits: Int32(bits), centre_stride: stride, block_bytes: blockBytes, codes: codes.base,
            centres: centres.base, groups: groups.base, weights: weights.base)
        Self.chooseWeights(keys, count: count, dimension: d, into: weights.base)
        let step = Self.chooseStep(view, keys: keys, groups: groupCount)
        nonisolated(unsafe) let (whole, keys) = (view, keys)
        try Self.inSlices(groupCount, threads: threads, progress: progress) { range in
            var view = whole
            ck_encode(&view, keys, range.lowerBound, range.upperBound, step)
        }
    }

    var groupCount: Int { (count + Self.groupRows - 1) / Self.groupRows }

    /// Memory held, in bytes.
    var bytes: Int { codes.bytes + centres.bytes + groups.bytes + weights.bytes }

    /// Each dimension's standard deviation over a sample: dimensions of larger spread take larger steps.
    private static func chooseWeights(
        _ keys: UnsafePointer<Float>, count: Int, dimension d: Int, into weights: UnsafeMutablePointer<Float>
    ) {
        let stride = max(1, count / 2048)
        var largest: Float = 0
        for t in 0..<d {
            var (sum, square, seen) = (0.0, 0.0, 0.0)
            for row in Swift.stride(from: 0, to: count, by: stride) {
                let x = Double(keys[row * d + t])
                sum += x
                square += x * x
                seen += 1
            }
            let mean = sum / max(1, seen)
            weights[t] = Float(max(0, square / max(1, seen) - mean * mean).squareRoot())
            largest = max(largest, weights[t])
        }
        if !(largest > 1e-30) { largest = 1 }
        for t in 0..<d { weights[t] = max(weights[t], largest * 1e-3) }
    }

    /// The step, in root mean squares, with the least error on a few groups.
    private static func chooseStep(_ view: ck_coded, keys: UnsafePointer<Float>, groups: Int) -> Float {
        var view = view
        var best: (step: Float, error: Double) = (0.34, .infinity)
        let finer: Float = view.bits == 6 ? 3.2 : 1
        guard groups > 0 else { return best.step }
        let sample = Set([0, groups / 3, groups / 2, groups - 1])
        for coarse: Float in [0.15, 0.2, 0.25, 0.28, 0.31, 0.34, 0.38, 0.42, 0.5, 0.6] {
            let step = coarse / finer
            var error = 0.0
            for group in sample { error += ck_encoding_error(&view, keys, group, group + 1, step) }
            if error < best.error { best = (step, error) }
        }
        return best.step
    }

    /// Runs work over 0 ..< count in slices on several threads, telling the progress between them.
    static func inSlices(
        _ count: Int, threads: Int, progress: BuildProgress, _ work: @escaping @Sendable (Range<Int>) -> Void
    ) throws {
        let slice = max(1, 128 * threads)
        var at = 0
        while at < count {
            let end = min(at + slice, count)
            let (start, length) = (at, end - at)
            if threads > 1 {
                ParallelLoop.run(threads) { i in
                    work(start + length * i / threads..<start + length * (i + 1) / threads)
                }
            } else {
                work(start..<end)
            }
            at = end
            try progress(Double(at) / Double(count))
        }
    }
}
