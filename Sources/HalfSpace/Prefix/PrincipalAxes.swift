import CKernels

/// The leading principal components of a sample of keys, by orthogonal iteration on its covariance.
struct PrincipalAxes {
    /// d entries.
    let mean: [Double]
    /// Orthonormal axes of d entries each, row-major, of falling variance; zero where the sample has no more directions.
    let axes: [Double]
    /// The variance along each axis, and over all dimensions.
    let variances: [Double]
    let total: Double

    private static let most = 2048
    private static let rounds = 12

    /// `count` rows of d floats at `keys`; O(d²) for each of some thousand rows and for each axis wanted.
    init(keys: UnsafePointer<Float>, count: Int, dimension d: Int, axes wanted: Int) {
        let step = max(1, count / Self.most)
        let rows = Array(stride(from: 0, to: count, by: step))
        var mean = [Double](repeating: 0, count: d)
        for row in rows { for t in 0..<d { mean[t] += Double(keys[row * d + t]) / Double(rows.count) } }
        var covariance = [Double](repeating: 0, count: d * d)
        var centred = [Double](repeating: 0, count: d)
        for row in rows {
            for t in 0..<d { centred[t] = Double(keys[row * d + t]) - mean[t] }
            ck_add_outer(&covariance, centred, 1 / Double(rows.count), d)
        }
        self.mean = mean
        total = (0..<d).reduce(0.0) { $0 + covariance[$1 * d + $1] }
        var random = SplitMix(seed: 1)
        var axes = (0..<wanted * d).map { _ in random.normal() }
        var next = axes
        var variances = [Double](repeating: 0, count: wanted)
        covariance.withUnsafeBufferPointer { covariance in
            axes.withUnsafeMutableBufferPointer { axes in
                next.withUnsafeMutableBufferPointer { next in
                    for axis in 0..<wanted { Self.orthonormalise(axis, of: axes, dimension: d) }
                    for _ in 0..<Self.rounds {
                        for axis in 0..<wanted {
                            Self.multiply(covariance, axis, of: axes, dimension: d, into: next)
                            variances[axis] = Self.product(axes, axis, next, axis, d)
                        }
                        for i in axes.indices { axes[i] = next[i] }
                        for axis in 0..<wanted { Self.orthonormalise(axis, of: axes, dimension: d) }
                    }
                }
            }
        }
        self.axes = axes
        self.variances = variances
    }

    private typealias Rows = UnsafeMutableBufferPointer<Double>

    /// The symmetric matrix times one axis.
    private static func multiply(
        _ matrix: UnsafeBufferPointer<Double>, _ axis: Int, of axes: Rows, dimension d: Int, into out: Rows
    ) {
        for t in 0..<d { out[axis * d + t] = 0 }
        // Column by column, so that no sum waits for the one before.
        for u in 0..<d {
            let factor = axes[axis * d + u]
            for t in 0..<d { out[axis * d + t] += factor * matrix[u * d + t] }
        }
    }

    private static func product(_ x: Rows, _ i: Int, _ y: Rows, _ j: Int, _ d: Int) -> Double {
        var (even, odd) = (0.0, 0.0)
        var t = 0
        while t + 1 < d {
            even += x[i * d + t] * y[j * d + t]
            odd += x[i * d + t + 1] * y[j * d + t + 1]
            t += 2
        }
        return t < d ? even + odd + x[i * d + t] * y[j * d + t] : even + odd
    }

    /// Gram and Schmidt for one axis, twice over, so that rounding leaves nothing; what depends on earlier axes becomes
    /// zero.
    private static func orthonormalise(_ axis: Int, of axes: Rows, dimension d: Int) {
        func scale(by factor: Double) { for t in 0..<d { axes[axis * d + t] *= factor } }
        func takeOutEarlier() {
            for before in 0..<axis {
                let dot = product(axes, axis, axes, before, d)
                for t in 0..<d { axes[axis * d + t] -= dot * axes[before * d + t] }
            }
        }
        let size = product(axes, axis, axes, axis, d).squareRoot()
        takeOutEarlier()
        let left = product(axes, axis, axes, axis, d).squareRoot()
        guard left > 1e-6 * size && left > 1e-100 else { return scale(by: 0) }
        // Short vectors lose precision in the division of what was subtracted.
        scale(by: 1 / left)
        takeOutEarlier()
        scale(by: 1 / product(axes, axis, axes, axis, d).squareRoot())
    }

    /// The share of the variance that the first axes hold; 1 where there is none.
    func share(of axes: Int) -> Double {
        total > 0 ? min(1, variances[..<axes].reduce(0, +) / total) : 1
    }
}
