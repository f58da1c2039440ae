import CKernels
import Foundation

/// The output of attention for one query; made once and filled by each step.
public struct AttentionOutput: Sendable {
    /// dv floats; 0 for an empty row.
    public var values: [Float]
    /// D, the sum of the unnormalised weights: `Σ exp(s)`, `Σ (s − b)^α`, 1 for entmax; 0 for an empty row. Infinite where a
    /// float64 cannot hold it.
    public var normaliser: Double

    /// Room for values of length dv.
    public init(valueDimension: Int) {
        values = Array(repeating: 0, count: valueDimension)
        normaliser = 0
    }

    /// ReLU^α attention by the kernel of a decode step; false, with nothing meant by what is here, where a slower way has
    /// to answer.
    @inline(__always)
    mutating func fill(
        _ step: UnsafePointer<ck_step>, _ query: [Float], threshold b: Double, alpha: Int,
        _ result: UnsafeMutablePointer<ck_step_result>
    ) -> Bool {
        let done = fill(step, query) { ck_step_relu(step, $0, b, Int32(truncatingIfNeeded: alpha), $1, result) }
        normaliser = result.pointee.weight
        return done
    }

    /// Entmax by the kernel of a decode step, whose weights are expected to begin above the score `low`; false, with nothing
    /// meant by what is here, where a slower way has to answer.
    @inline(__always)
    mutating func fill(
        _ step: UnsafePointer<ck_step>, _ query: [Float], entmax alpha: Double, from low: Double,
        _ result: UnsafeMutablePointer<ck_step_result>
    ) -> Bool {
        let done = fill(step, query) { ck_step_entmax(step, $0, alpha, low, $1, result) }
        normaliser = result.pointee.weight
        return done
    }

    /// Softmax over the r largest by the kernel of a decode step, which are expected to score more than `low`; false, with
    /// nothing meant by what is here, where a slower way has to answer.
    @inline(__always)
    mutating func fill(
        _ step: UnsafePointer<ck_step>, _ query: [Float], largest r: Int, from low: Double,
        _ result: UnsafeMutablePointer<ck_step_result>
    ) -> Bool {
        precondition(r >= 0)
        let done = fill(step, query) { ck_step_largest(step, $0, r, low, $1, result) }
        if done { normaliser = result.pointee.weight * exp(Double(result.pointee.largest)) }
        return done
    }

    /// The one door to the kernels: they read d floats of the query and write dv.
    @inline(__always)
    private mutating func fill(
        _ step: UnsafePointer<ck_step>, _ query: [Float],
        _ kernel: (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Int32
    ) -> Bool {
        precondition(query.count == step.pointee.d && values.count == step.pointee.dv)
        return query.withUnsafeBufferPointer { q in
            values.withUnsafeMutableBufferPointer { kernel(q.baseAddress, $0.baseAddress) != 0 }
        }
    }
}
