import Attention
import Foundation

/// The eigenvalues of the keys' covariance, by Jacobi's rotations (Golub and Van Loan, *Matrix Computations*, 8.5).
struct Spectrum {
    /// Falling, none below 0.
    let variances: [Double]

    /// O(d³) a sweep, of which some ten are enough.
    init(of keys: KeyStatistics) {
        let d = keys.dimension
        var a = keys.scatter.map { $0 / Double(max(1, keys.count)) }
        let size = (0..<d).reduce(0) { $0 + abs(a[$1 * d + $1]) }
        for _ in 0..<30 {
            var off = 0.0
            for i in 0..<d { for j in 0..<i { off += abs(a[i * d + j]) } }
            guard off > 1e-10 * size, off.isFinite else { break }
            for p in 0..<d { for q in (p + 1)..<max(d, p + 1) { Self.rotate(&a, d, p, q) } }
        }
        variances = (0..<d).map { max(0, a[$0 * d + $0]) }.sorted(by: >)
    }

    /// Makes the entry at (p, q) zero.
    private static func rotate(_ a: inout [Double], _ d: Int, _ p: Int, _ q: Int) {
        let entry = a[p * d + q]
        guard entry != 0 else { return }
        let theta = (a[q * d + q] - a[p * d + p]) / (2 * entry)
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<d {
            let (x, y) = (a[k * d + p], a[k * d + q])
            (a[k * d + p], a[k * d + q]) = (c * x - s * y, s * x + c * y)
        }
        for k in 0..<d {
            let (x, y) = (a[p * d + k], a[q * d + k])
            (a[p * d + k], a[q * d + k]) = (c * x - s * y, s * x + c * y)
        }
    }

    /// e to the entropy of the variances as shares: 1 where all lies on a line, d where every direction has the same.
    var effectiveRank: Double {
        let total = variances.reduce(0, +)
        guard total > 0 else { return 0 }
        return exp(-variances.reduce(0) { $1 > 0 ? $0 + $1 / total * log($1 / total) : $0 })
    }
}
