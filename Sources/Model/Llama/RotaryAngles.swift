import Foundation

/// Rotary positions: pairs of entries of a query or key turned by angles that grow with the position.
struct RotaryAngles: Sendable {
    private let shape: LlamaConfiguration.Rotary
    private let frequencies: [Double]

    /// - Parameter factors: what each frequency is divided by beside the rest, where a file has that.
    init(_ shape: LlamaConfiguration.Rotary, factors: [Float]?) {
        self.shape = shape
        frequencies = (0..<shape.count / 2).map { i in
            let frequency = pow(shape.base, -2 * Double(i) / Double(shape.count)) / shape.factor
            return frequency / (factors.map { Double($0[i]) } ?? 1)
        }
    }

    /// Cosines and sines of a position.
    func angles(_ position: Int) -> (cosines: [Float], sines: [Float]) {
        let angles = frequencies.map { Double(position) * $0 }
        return (angles.map { Float(cos($0)) }, angles.map { Float(sin($0)) })
    }

    /// Turns a query or a key in place.
    func turn(_ x: UnsafeMutablePointer<Float>, _ angles: (cosines: [Float], sines: [Float])) {
        let half = shape.count / 2
        for i in 0..<half {
            let (first, second) = shape.isSplit ? (i, i + half) : (2 * i, 2 * i + 1)
            let (a, b) = (x[first], x[second])
            x[first] = a * angles.cosines[i] - b * angles.sines[i]
            x[second] = a * angles.sines[i] + b * angles.cosines[i]
        }
    }
}
