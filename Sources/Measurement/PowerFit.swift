import Foundation

/// A power of n, `factor · n^exponent`: a straight line where both axes are logarithmic.
public struct PowerFit: Sendable, Equatable {
    public let exponent: Double
    public let factor: Double

    /// Least squares over the logarithms; nil of fewer than two positive points or of a single n.
    public init?(_ points: [(n: Double, value: Double)]) {
        let logs = points.filter { $0.n > 0 && $0.value > 0 }.map { (x: log($0.n), y: log($0.value)) }
        guard logs.count >= 2 else { return nil }
        let count = Double(logs.count)
        let meanX = logs.reduce(0) { $0 + $1.x } / count
        let meanY = logs.reduce(0) { $0 + $1.y } / count
        let covariance = logs.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
        let variance = logs.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
        guard variance > 0 else { return nil }
        exponent = covariance / variance
        factor = exp(meanY - exponent * meanX)
    }

    /// The fitted value at n.
    public func callAsFunction(_ n: Double) -> Double { factor * pow(n, exponent) }
}
