import CKernels

extension Aggregate {
    /// Adds members listed in the scratch: float32 dot products in `scratch.dots`, and values at
    /// `values + ids[i]·stride`.
    func addListed(
        _ listed: Int, weight: Weight, dimension: Int, values base: UnsafePointer<Float>, stride: Int
    ) {
        guard listed > 0 else { return }
        let scale = Float(1 / Double(dimension).squareRoot())
        let (ids, dots, weights) = (scratch.ids, scratch.dots, scratch.weights)
        switch weight {
        case .power(let exponent, let shift):
            self.weight += ck_power_weights(dots, listed, scale, Float(shift), Int32(exponent), weights)
        case .exponential(let shift):
            self.weight += ck_exponential_weights(dots, listed, scale, Float(shift), weights)
        }
        largestScore = max(largestScore, Double(ck_largest(dots, listed)) * Double(scale))
        count += listed
        values.withUnsafeMutableBufferPointer { sum in
            guard let out = sum.baseAddress else { return }
            ck_sum_values(base, stride, sum.count, ids, weights, listed, out)
        }
    }
}
