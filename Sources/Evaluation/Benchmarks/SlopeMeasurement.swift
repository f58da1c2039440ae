import Measurement

/// The exponents of time against n, fitted to medians of ``DecodeMeasurement``.
public struct SlopeMeasurement {
    public private(set) var points: [DecodeMeasurement] = []

    public init() {}

    /// Points come from the smallest n up.
    public mutating func add(_ point: DecodeMeasurement) { points.append(point) }

    /// nil of fewer than two n.
    public var hsrExponent: Double? { PowerFit(points.map { (Double($0.n), $0.hsr.median) })?.exponent }
    public var naiveExponent: Double? { PowerFit(points.map { (Double($0.n), $0.naive.median) })?.exponent }

    /// The smallest n at which HSR is no slower than naive.
    public var fasterFrom: Int? { points.first { $0.hsr.median <= $0.naive.median }?.n }
}
