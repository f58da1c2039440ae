/// A rotated frame for boxes: orthonormal axes, and how much each counts when a node is split.
struct Frame {
    /// d axes of d entries each, row-major, in float64.
    let axes: [Double]
    /// The extent along axis t counts `importance[t]` times.
    let importance: [Double]

    var dimension: Int { importance.count }

    /// The coordinates of a vector in this frame.
    func coordinate(_ axis: Int, of vector: UnsafePointer<Float>) -> Double {
        let d = dimension
        var sum = 0.0
        for t in 0..<d { sum += axes[axis * d + t] * Double(vector[t]) }
        return sum
    }
}
