import CKernels
import HalfSpace

/// The running mean and covariance of keys in float64: what the threshold rules know of the cache without a pass over it.
///
/// A value: keep a copy to go back to after the cache was truncated. Adding a key is O(d²), so is a query's ``scores(of:)``.
public struct KeyStatistics: Sendable, Equatable {
    /// d.
    public let dimension: Int
    /// Keys added.
    public private(set) var count = 0
    /// μ, the mean key.
    public private(set) var mean: [Double]
    /// `Σ (k − μ)(k − μ)ᵀ`, d × d, row-major: n times the covariance.
    public private(set) var scatter: [Double]
    private var delta: [Double]

    /// No keys of length d yet.
    public init(dimension: Int) {
        self.dimension = dimension
        mean = Array(repeating: 0, count: dimension)
        scatter = Array(repeating: 0, count: dimension * dimension)
        delta = mean
    }

    /// The statistics of rows of a store.
    public init(of store: KeyValueStore, rows: Range<Int>) {
        self.init(dimension: store.dimension)
        for row in rows { add(store.key(row)) }
    }

    /// Adds one key (Welford's update); O(d²).
    public mutating func add(_ key: StoredNumbers) {
        precondition(key.count == dimension)
        count += 1
        let share = 1 / Double(count)
        for t in 0..<dimension {
            delta[t] = Double(key[t]) - mean[t]
            mean[t] += delta[t] * share
        }
        let factor = 1 - share
        guard factor > 0 else { return }
        scatter.withUnsafeMutableBufferPointer { scatter in
            delta.withUnsafeBufferPointer { delta in
                guard let scatter = scatter.baseAddress, let delta = delta.baseAddress else { return }
                ck_add_outer(scatter, delta, factor, dimension)
            }
        }
    }

    /// σ_k of the sparsity lemma: the root mean square of the entries of all keys.
    public var rootMeanSquare: Double {
        guard count > 0 else { return 0 }
        var sum = 0.0
        for t in 0..<dimension { sum += scatter[t * dimension + t] / Double(count) + mean[t] * mean[t] }
        return (sum / Double(dimension)).squareRoot()
    }

    /// Mean and standard deviation of a query's scores over all keys: `q·μ/√d` and `√(qᵀΣq/d)`.
    public func scores(of query: [Float]) -> ScoreSpread {
        precondition(query.count == dimension)
        guard count > 0 else { return ScoreSpread(mean: 0, deviation: 0) }
        // The sum of the mean runs in the order of the definition of membership, so that where all keys are one key
        // the mean is their score to the last bit, and they tie with a threshold that stands on it.
        var mean = 0.0
        for t in 0..<dimension { mean += Double(query[t]) * self.mean[t] }
        let square = scatter.withUnsafeBufferPointer { scatter in
            query.withUnsafeBufferPointer { query in
                guard let scatter = scatter.baseAddress, let query = query.baseAddress else { return 0.0 }
                return ck_quadratic_form(scatter, query, dimension)
            }
        }
        return ScoreSpread(
            mean: mean / Double(dimension).squareRoot(),
            deviation: (max(0, square) / Double(count) / Double(dimension)).squareRoot())
    }
}

/// Mean and standard deviation of one query's scores over all keys.
public struct ScoreSpread: Sendable, Equatable {
    public var mean: Double
    public var deviation: Double

    public init(mean: Double, deviation: Double) {
        self.mean = mean
        self.deviation = deviation
    }

    /// The share of Gaussian scores that are ≥ b; where they do not spread at all, 0 or 1.
    public func share(above b: Double) -> Double {
        guard deviation > 0 else { return mean >= b ? 1 : 0 }
        return Normal.upperTail((b - mean) / deviation)
    }
}
