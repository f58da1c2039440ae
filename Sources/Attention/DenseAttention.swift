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
        case .softmax: break
        }
        attendRows(0..<store.count, query, activation: activation, threshold: threshold, into: output)
    }

    /// Attends over some rows; causal attention needs a prefix.
    public func attendRows(
        _ rows: Range<Int>, _ query: [Float], activation: Activation, threshold: Double,
        into output: AttentionOutput
    ) {
        precondition(query.count == store.dimension && output.count == store.valueDimension)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= store.count)
        if case .entmax(let alpha) = activation {
            precondition(rows.lowerBound == 0, "dense entmax serves prefixes")
            return attendEntmax(alpha, rows: rows.upperBound, query, into: output)
        }
        for t in sums.indices { sums[t] = 0 }
        let q = scratch.padded(query, scale: Float(1 / Double(store.dimension).squareRoot()))
        var view = store.kernelRows
        let (first, last) = (rows.lowerBound, rows.upperBound)
        var (weight, shift) = (0.0, 0.0)
        sums.withUnsafeMutableBufferPointer { sums in
            guard let out = sums.baseAddress, first < last else { return }
            switch activation {
            case .relu(let alpha):
                weight = ck_dense_power(&view, first, last, q, Float(threshold), Int32(alpha), out)
            case .softmax:
                var largest = -Float.infinity
                ck_dense_exponential(&view, first, last, q, &largest, &weight, out)
                shift = Double(largest)
            case .entmax: break
            }
        }
        output.normaliser = weight * exp(shift)
        let scale = weight > 0 ? 1 / weight : 0
        output.set { Float(sums[$0] * scale) }
    }
}
