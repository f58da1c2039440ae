import CKernels
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
        case .softmax: if output.fillSoftmax(step, query, &found) { return }
        }
        attendPrecisely(query, activation: activation, threshold: threshold, into: output)
    }
}
