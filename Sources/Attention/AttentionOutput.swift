import CKernels
import Foundation
import HalfSpace

/// The output of attention for one query; made once and filled by each step.
///
/// It stands where kernels write to: of an array and of a stored property each step would be asked whether anyone else has
/// them, which takes a microsecond or two where the code that asks is cold.
public final class AttentionOutput {
    private let base: UnsafeMutablePointer<Float>
    private let sum: UnsafeMutablePointer<Double>
    /// dv.
    package let count: Int
    private let memory: AlignedBuffer<UInt8>

    /// Room for values of length dv.
    public init(valueDimension: Int) {
        precondition(valueDimension >= 0)
        count = valueDimension
        let region = MemoryRegion(
            bytes: MemoryRegion.size(1, of: Double.self) + MemoryRegion.size(count, of: Float.self))
        memory = region.owner
        sum = region.slab(1).base
        base = region.slab(count).base
    }

    /// D, the sum of the unnormalised weights: `Σ exp(s)`, `Σ (s − b)^α`, 1 for entmax; 0 for an empty row. Infinite where a
    /// float64 cannot hold it.
    public package(set) var normaliser: Double {
        get { sum.pointee }
        set { sum.pointee = newValue }
    }

    /// dv floats; 0 for an empty row.
    public var values: [Float] {
        get { Array(UnsafeBufferPointer(start: base, count: count)) }
        set {
            precondition(newValue.count == count)
            newValue.withUnsafeBufferPointer { set($0, times: 1) }
        }
    }

    /// Sets every value to 0.
    package func clear() { for t in 0..<count { base[t] = 0 } }

    /// Sets every value to one of `sums` times `factor`. They are handed over as they lie: of a stored array each element would be asked
    /// whether anyone else has it.
    package func set(_ sums: UnsafeBufferPointer<Double>, times factor: Double) {
        precondition(sums.count == count)
        for t in 0..<count { base[t] = Float(sums[t] * factor) }
    }

    /// The same of float32.
    package func set(_ sums: UnsafeBufferPointer<Float>, times factor: Float) {
        precondition(sums.count == count)
        for t in 0..<count { base[t] = sums[t] * factor }
    }

    /// Multiplies every value.
    func scale(by factor: Float) { for t in 0..<count { base[t] *= factor } }

    /// Whether every value is a number.
    var isFinite: Bool { (0..<count).allSatisfy { base[$0].isFinite } }

    /// ReLU^α attention by the kernel of a decode step; false, with what is here unspecified, where a slower way has to answer.
    @inline(__always)
    func fill(
        _ step: UnsafePointer<ck_step>, _ query: [Float], threshold b: Double, alpha: Int,
        _ result: inout ck_step_result
    ) -> Bool {
        let done = fill(step, query) { ck_step_relu(step, $0, b, Int32(truncatingIfNeeded: alpha), $1, &result) }
        normaliser = result.weight
        return done
    }

    /// Entmax by the kernel of a decode step, whose weights are expected to begin above the score `low`; false, with what is here
    /// unspecified, where a slower way has to answer.
    @inline(__always)
    func fill(
        _ step: UnsafePointer<ck_step>, _ query: [Float], entmax alpha: Double, from low: Double,
        _ result: inout ck_step_result
    ) -> Bool {
        let done = fill(step, query) { ck_step_entmax(step, $0, alpha, low, $1, &result) }
        normaliser = result.weight
        return done
    }

    /// Softmax over the r largest by the kernel of a decode step, which are expected to score more than `low`; false, with what is
    /// here unspecified, where a slower way has to answer.
    @inline(__always)
    func fill(
        _ step: UnsafePointer<ck_step>, _ query: [Float], largest r: Int, from low: Double,
        _ result: inout ck_step_result
    ) -> Bool {
        precondition(r >= 0)
        let done = fill(step, query) { ck_step_largest(step, $0, r, low, $1, &result) }
        if done { normaliser = result.weight * exp(result.shift) }
        return done
    }

    /// Softmax over the keys that score b or more by the kernel of a decode step; false, with what is here unspecified, where a
    /// slower way has to answer.
    @inline(__always)
    func fill(
        _ step: UnsafePointer<ck_step>, _ query: [Float], softmaxAbove b: Double, shift: Double,
        _ result: inout ck_step_result
    ) -> Bool {
        let done = fill(step, query) { ck_step_softmax(step, $0, b, shift, $1, &result) }
        if done { normaliser = result.weight > 0 ? result.weight * exp(result.shift) : 0 }
        return done
    }

    /// Softmax over all keys by the kernel of a decode step that reads everything; false, with what is here unspecified, where a
    /// slower way has to answer.
    @inline(__always)
    func fillSoftmax(_ step: UnsafePointer<ck_step>, _ query: [Float], _ result: inout ck_step_result) -> Bool {
        precondition(step.pointee.dense != nil)
        let done = fill(step, query) { ck_step_softmax_all(step, $0, $1, &result) }
        if done { normaliser = result.weight > 0 ? result.weight * exp(result.shift) : 0 }
        return done
    }

    /// The one door to the kernels: they read d floats of the query and write dv.
    @inline(__always)
    private func fill(
        _ step: UnsafePointer<ck_step>, _ query: [Float],
        _ kernel: (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Int32
    ) -> Bool {
        precondition(query.count == step.pointee.d && count == step.pointee.dv)
        return query.withUnsafeBufferPointer { kernel($0.baseAddress, base) != 0 }
    }
}
