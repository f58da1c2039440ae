import CKernels
import HalfSpace

/// A way to compute a step of sparse attention from query to output.
protocol AttentionWay {
    /// What a call gives: a finding, or nothing, with the output unspecified, where another way has to answer.
    associatedtype Finding

    /// Reports, weighs, normalises and sums.
    /// - Parameters:
    ///   - chosen: The threshold as its rule chose it.
    ///   - low: A score below the one that the index has to find, as far as is remembered; −∞ if nothing is.
    /// - Throws: `NonFiniteEntry` if the query holds a NaN or an infinity.
    mutating func attend(
        _ query: [Float], _ activation: Activation, _ chosen: ChosenThreshold, low: Double, into output: AttentionOutput
    ) throws(NonFiniteEntry) -> Finding
}

/// One call of the kernel of a step, in float32: it declines what float32 cannot hold.
struct KernelWay: AttentionWay {
    let step: UnsafePointer<ck_step>
    /// How far above b the exponents of softmax are shifted, so that sums of float32 neither overflow nor vanish; it follows the
    /// stream.
    private var headroom = KernelWay.leastHeadroom
    private static let leastHeadroom = 40.0

    /// - Parameter plan: What is asked, which lives as long as this.
    init(_ plan: StepPlan) { step = UnsafePointer(plan.step) }

    /// Whether entmax reads everything, so that there is nothing to remember.
    var isDense: Bool { step.pointee.dense != nil }

    /// ReLU^α above b.
    @inline(__always)
    func relu(_ query: [Float], above b: Double, alpha: Int, into output: AttentionOutput) -> AttentionFinding? {
        var found = AttentionFinding(.relu(alpha: alpha))
        return output.fill(step, query, threshold: b, alpha: alpha, &found.result) ? found : nil
    }

    /// Entmax, whose weights are expected to begin above the score `low`.
    @inline(__always)
    func entmax(_ query: [Float], alpha: Double, low: Double, into output: AttentionOutput) -> AttentionFinding? {
        var found = AttentionFinding(.entmax(alpha: alpha))
        guard output.fill(step, query, entmax: alpha, from: low, &found.result) else { return nil }
        if !found.isDense { found.support = found.threshold }
        return found
    }

    /// A score below which the kernel asks for no key first of all; nil where it asks for every key, or not at all.
    static func least(_ activation: Activation, _ chosen: ChosenThreshold, low: Double) -> Double? {
        let least =
            switch activation {
            case .relu: chosen.keepLargest == nil ? chosen.value : -.infinity
            case .entmax: low
            case .softmax: chosen.keepLargest == nil ? chosen.value : chosen.shift == 0 ? low : -.infinity
            }
        return least > -.infinity ? least : nil
    }

    @inline(never)
    mutating func attend(
        _ query: [Float], _ activation: Activation, _ chosen: ChosenThreshold, low: Double, into output: AttentionOutput
    ) -> AttentionFinding? {
        switch activation {
        case .relu(let alpha):
            return chosen.keepLargest == nil ? relu(query, above: chosen.value, alpha: alpha, into: output) : nil
        case .entmax(let alpha):
            return entmax(query, alpha: alpha, low: low, into: output)
        case .softmax:
            guard let r = chosen.keepLargest else { return softmax(query, above: chosen.value, into: output) }
            guard chosen.shift == 0 else { return nil }
            var found = AttentionFinding(.softmax)
            return output.fill(step, query, largest: r, from: low, &found.result) ? found : nil
        }
    }

    private mutating func softmax(
        _ query: [Float], above b: Double, into output: AttentionOutput
    ) -> AttentionFinding? {
        let base = b.isFinite ? b : 0
        var found = AttentionFinding(.softmax)
        guard output.fill(step, query, softmaxAbove: b, shift: base + headroom, &found.result) else { return nil }
        // Of an empty row there is nothing to learn.
        if found.result.count > 0, found.result.shift != base + headroom {
            headroom = max(Self.leastHeadroom, found.result.shift - base)
        }
        return found
    }
}
