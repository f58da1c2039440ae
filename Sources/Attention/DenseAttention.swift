import CKernels
import Foundation
import HalfSpace

/// The naive: dense attention that reads every key and every value and computes all n weights; O(n·(d + dv)) a query.
///
/// One pass over keys and values side by side; softmax keeps a running maximum. Rows shorter than a vector register
/// are read in blocks of 16, longer ones as they lie: the faster of the two for each length.
public final class DenseAttention {
    // What one call of a kernel answers touches these alone: cold, every line counts.
    let store: KeyValueStore
    /// The rows that the plan knows.
    private var planned: Int
    private let step: UnsafeMutablePointer<ck_step>
    private let plan: StepPlan
    let scratch = Scratch()
    var sums: [Double]

    public init(store: KeyValueStore) {
        self.store = store
        sums = Array(repeating: 0, count: store.valueDimension)
        plan = StepPlan(store: store)
        step = plan.step
        planned = store.count
        plan.setDense(count: planned)
    }

    private func follow() {
        planned = store.count
        plan.move(tail: 0..<planned)
    }

    /// Attends over every row that the store holds now; the threshold b is in score units, and softmax has none.
    public func attend(
        _ query: [Float], activation: Activation, threshold: Double, into output: AttentionOutput
    ) {
        if store.count != planned { follow() }
        var found = ck_step_result()
        switch activation {
        case .relu(let alpha): if output.fill(step, query, threshold: threshold, alpha: alpha, &found) { return }
        case .entmax(let alpha): if output.fill(step, query, entmax: alpha, from: 0, &found) { return }
        case .softmax:
            if attendExponentially(query, into: output) { return }
        }
        attendPrecisely(query, activation: activation, threshold: threshold, into: output)
    }

    /// Softmax in float32; false where that does not hold it.
    private func attendExponentially(_ query: [Float], into output: AttentionOutput) -> Bool {
        precondition(query.count == store.dimension && output.count == store.valueDimension)
        for t in sums.indices { sums[t] = 0 }
        let q = scratch.padded(query, scale: Float(1 / Double(store.dimension).squareRoot()))
        var view = store.kernelRows
        var (weight, largest) = (0.0, -Float.infinity)
        sums.withUnsafeMutableBufferPointer { sums in
            guard let out = sums.baseAddress, store.count > 0 else { return }
            ck_dense_exponential(&view, 0, store.count, q, &largest, &weight, out)
        }
        guard store.count == 0 || FloatPrecision(query, store).holdsExponentials(upTo: Double(largest)) else {
            return false
        }
        output.normaliser = weight > 0 ? weight * exp(Double(largest)) : 0
        let scale = weight > 0 ? 1 / weight : 0
        output.set { Float(sums[$0] * scale) }
        return true
    }
}
