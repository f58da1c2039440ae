import Foundation

/// Order statistics of some measurements.
struct Spread {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.filter { !$0.isNaN }.sorted() }

    /// The value at a share of the way from least to largest, between neighbours; NaN of nothing.
    func quantile(_ share: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        let at = share * Double(sorted.count - 1)
        let low = Int(at)
        let rest = at - Double(low)
        return sorted[low] + (rest > 0 ? rest * (sorted[min(low + 1, sorted.count - 1)] - sorted[low]) : 0)
    }

    var median: Double { quantile(0.5) }
    var largest: Double { sorted.last ?? .nan }
    var mean: Double { sorted.isEmpty ? .nan : sorted.reduce(0, +) / Double(sorted.count) }

    /// The exponent of a power law through points, by least squares of the logarithms; NaN of fewer than two.
    static func exponent(_ x: [Double], _ y: [Double]) -> Double {
        let points = zip(x, y).filter { $0 > 0 && $1 > 0 }.map { (log($0), log($1)) }
        guard points.count > 1 else { return .nan }
        let n = Double(points.count)
        let (meanX, meanY) = (points.reduce(0) { $0 + $1.0 } / n, points.reduce(0) { $0 + $1.1 } / n)
        let square = points.reduce(0) { $0 + ($1.0 - meanX) * ($1.0 - meanX) }
        guard square > 0 else { return .nan }
        return points.reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / square
    }

    /// Correlation of two measurements; NaN where one does not vary.
    static func correlation(_ x: [Double], _ y: [Double]) -> Double {
        let n = Double(x.count)
        guard n > 1 else { return .nan }
        let (meanX, meanY) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        let product = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        let squares = (
            x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }, y.reduce(0) { $0 + ($1 - meanY) * ($1 - meanY) }
        )
        return product / (squares.0 * squares.1).squareRoot()
    }
}
