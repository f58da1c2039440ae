/// Repeated measurements of one thing, sorted; NaN is left out.
public struct Samples: Sendable, Equatable {
    private let sorted: [Double]

    public init(_ values: some Sequence<Double>) { sorted = values.filter { !$0.isNaN }.sorted() }

    public var count: Int { sorted.count }
    public var isEmpty: Bool { sorted.isEmpty }

    /// The value below which a share of the samples lies, interpolated between neighbours (type 7 of Hyndman and Fan 1996);
    /// NaN of nothing.
    /// - Parameter share: from 0, the least, to 1, the largest.
    /// - Complexity: O(1).
    public func quantile(_ share: Double) -> Double {
        guard let last = sorted.indices.last else { return .nan }
        let at = min(max(share, 0), 1) * Double(last)
        let low = Int(at)
        let (left, right) = (sorted[low], sorted[min(low + 1, last)])
        let rest = at - Double(low)
        return rest > 0 && left < right ? left + rest * (right - left) : left
    }

    /// The median; nil of nothing.
    public var middle: Double? { isEmpty ? nil : median }

    /// The 10th and 90th percentile; nil of fewer than four samples, which have no spread to speak of.
    public var spread: (low: Double, high: Double)? {
        count >= 4 ? (quantile(0.1), quantile(0.9)) : nil
    }

    /// NaN of nothing, as are all that follow.
    public var median: Double { quantile(0.5) }
    public var least: Double { sorted.first ?? .nan }
    public var largest: Double { sorted.last ?? .nan }
    public var mean: Double { sorted.isEmpty ? .nan : sorted.reduce(0, +) / Double(sorted.count) }

    /// Pearson's correlation of two measurements; NaN where one does not vary.
    /// - Precondition: both have the same length.
    public static func correlation(_ x: [Double], _ y: [Double]) -> Double {
        precondition(x.count == y.count)
        guard x.count > 1 else { return .nan }
        let n = Double(x.count)
        let (meanX, meanY) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        let product = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        let squareX = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        let squareY = y.reduce(0) { $0 + ($1 - meanY) * ($1 - meanY) }
        return product / (squareX * squareY).squareRoot()
    }
}
