import CKernels
import Foundation

/// The directions of queries in cells: the faces of a cube around the origin, each in equal angles along its axes.
struct DirectionCells: Sendable {
    let dimension: Int
    /// Parts of a face along each of its d − 1 axes.
    let parts: Int
    /// Where parts begin and end on a face of the cube from −1 to 1.
    let borders: [Double]

    init(dimension: Int, parts: Int) {
        precondition(dimension >= 1 && parts >= 1)
        self.dimension = dimension
        self.parts = parts
        borders = (0...parts).map { tan(.pi / 4 * (2 * Double($0) / Double(parts) - 1)) }
    }

    /// 2d·parts^(d−1); a double, because it soon leaves the integers.
    var expectedCount: Double { 2 * Double(dimension) * pow(Double(parts), Double(dimension - 1)) }

    /// The cells, where there are few enough to number.
    var count: Int { Int(expectedCount) }

    /// The cell of a direction; any length, not zero.
    func cell(of q: UnsafeBufferPointer<Float>) -> Int {
        ck_net_cell_of(Int32(dimension), Int32(parts), borders, q.baseAddress)
    }

    /// A cell's corners as unit vectors, and the unit vector through its middle.
    func directions(of cell: Int) -> (middle: [Double], corners: [[Double]]) {
        let free = dimension - 1
        var rest = cell
        var bins = [Int](repeating: 0, count: free)
        for i in stride(from: free - 1, through: 0, by: -1) {
            bins[i] = rest % parts
            rest /= parts
        }
        let face = rest / 2
        let sign = rest % 2 == 0 ? 1.0 : -1.0
        func unit(_ place: (Int) -> Double) -> [Double] {
            var vector = [Double](repeating: sign, count: dimension)
            var i = 0
            for t in 0..<dimension where t != face {
                vector[t] = place(i)
                i += 1
            }
            let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return vector.map { $0 / norm }
        }
        let middle = unit { tan(.pi / 4 * ((2 * Double(bins[$0]) + 1) / Double(parts) - 1)) }
        let corners = (0..<1 << free).map { corner in unit { borders[bins[$0] + (corner >> $0 & 1)] } }
        return (middle, corners)
    }

    /// The cosine of the angle between the middle and the furthest corner, rounded down a little.
    static func cosine(_ middle: [Double], _ corners: [[Double]]) -> Double {
        let least = corners.map { corner in zip(middle, corner).reduce(0) { $0 + $1.0 * $1.1 } }.min() ?? 1
        return max(-1, min(least, 1) - 1e-9)
    }
}

extension Frame {
    /// The frame whose first axis is a unit vector; extents along the others count `across` times.
    init(along first: [Double], across: Double) {
        let d = first.count
        var axes = [first]
        for t in 0..<d where axes.count < d {
            // Gram and Schmidt, twice; directions that are nearly taken already are left out.
            var next = (0..<d).map { $0 == t ? 1.0 : 0 }
            for _ in 0..<2 {
                for axis in axes {
                    let p = zip(next, axis).reduce(0) { $0 + $1.0 * $1.1 }
                    next = zip(next, axis).map { $0 - p * $1 }
                }
            }
            let norm = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard norm > 0.5 / Double(d).squareRoot() else { continue }
            axes.append(next.map { $0 / norm })
        }
        self.init(axes: axes.flatMap { $0 }, importance: [1] + Array(repeating: across, count: d - 1))
    }
}
