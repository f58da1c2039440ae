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

    /// `count` rows of d floats at `keys`; O(d²) for each of some thousand rows.
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
        var variances = [Double](repeating: 0, count: wanted)
        Self.orthonormalise(&axes, dimension: d)
        for _ in 0..<Self.rounds {
            var next = [Double](repeating: 0, count: wanted * d)
            for axis in 0..<wanted {
                for t in 0..<d {
                    var sum = 0.0
                    for u in 0..<d { sum += covariance[t * d + u] * axes[axis * d + u] }
                    next[axis * d + t] = sum
                }
                variances[axis] = (0..<d).reduce(0.0) { $0 + axes[axis * d + $1] * next[axis * d + $1] }
            }
            axes = next
            Self.orthonormalise(&axes, dimension: d)
        }
        self.axes = axes
        self.variances = variances
    }

    /// Gram and Schmidt, twice over, so that rounding leaves nothing; what depends on earlier axes becomes zero.
    private static func orthonormalise(_ axes: inout [Double], dimension d: Int) {
        for axis in 0..<axes.count / d {
            let size = (0..<d).reduce(0.0) { $0 + axes[axis * d + $1] * axes[axis * d + $1] }.squareRoot()
            for _ in 0..<2 {
                for before in 0..<axis {
                    let dot = (0..<d).reduce(0.0) { $0 + axes[axis * d + $1] * axes[before * d + $1] }
                    for t in 0..<d { axes[axis * d + t] -= dot * axes[before * d + t] }
                }
            }
            let left = (0..<d).reduce(0.0) { $0 + axes[axis * d + $1] * axes[axis * d + $1] }.squareRoot()
            let scale = left > 1e-6 * size && left > 1e-100 ? 1 / left : 0
            for t in 0..<d { axes[axis * d + t] *= scale }
            guard scale > 0 else { continue }
            // Short vectors lose precision in the division of what was subtracted.
            for before in 0..<axis {
                let dot = (0..<d).reduce(0.0) { $0 + axes[axis * d + $1] * axes[before * d + $1] }
                for t in 0..<d { axes[axis * d + t] -= dot * axes[before * d + t] }
            }
            let again = (0..<d).reduce(0.0) { $0 + axes[axis * d + $1] * axes[axis * d + $1] }.squareRoot()
            for t in 0..<d { axes[axis * d + t] /= again }
        }
    }

    /// The share of the keys' standard deviation that a bound by `prefix` components gives away on a query of any
    /// direction: the tails' norms, of key and query, against the spread of scores.
    func slack(prefix: Int, dimension d: Int) -> Double {
        guard total > 0 else { return 0 }
        let tail = max(0, total - variances[..<prefix].reduce(0, +))
        return (tail * Double(d - prefix) / total).squareRoot()
    }
}
