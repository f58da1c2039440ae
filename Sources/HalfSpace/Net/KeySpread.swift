import Foundation

/// Mean and covariance of keys: how far from the origin the half-spaces of the calibrated threshold stand.
struct KeySpread {
    private let mean: [Double]
    private let covariance: [Double]
    /// Standard deviations above the mean.
    private let deviations: Double

    /// Cells also serve thresholds so many standard deviations lower than the calibrated one.
    private static let margin = 0.12
    private static let most = 1 << 16

    init(store: KeyValueStore, rows: Range<Int>) {
        let d = store.dimension
        let step = max(1, rows.count / Self.most)
        var mean = [Double](repeating: 0, count: d)
        var covariance = [Double](repeating: 0, count: d * d)
        var count = 0.0
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
            for (t, x) in store.key(row).enumerated() { mean[t] += Double(x) }
            count += 1
        }
        if count > 0 { for t in 0..<d { mean[t] /= count } }
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: step) where d <= 16 {
            let key = store.key(row)
            for t in 0..<d {
                for u in 0...t { covariance[t * d + u] += (Double(key[t]) - mean[t]) * (Double(key[u]) - mean[u]) }
            }
        }
        for t in 0..<d {
            for u in 0...t {
                covariance[t * d + u] /= max(count, 1)
                covariance[u * d + t] = covariance[t * d + u]
            }
        }
        self.mean = mean
        self.covariance = covariance
        deviations = max(0, (0.4 * log(Double(max(rows.count, 2)))).squareRoot() - Self.margin)
    }

    /// b√d/‖q‖ for a unit direction.
    func distance(_ u: [Double]) -> Double {
        let d = mean.count
        var centre = 0.0
        var variance = 0.0
        for t in 0..<d {
            centre += mean[t] * u[t]
            for s in 0..<d { variance += u[t] * u[s] * covariance[t * d + s] }
        }
        return centre + deviations * max(variance, 0).squareRoot()
    }

    /// The share of normally distributed scores above the threshold.
    var share: Double { 0.5 * erfc(deviations / 2.squareRoot()) }
}
