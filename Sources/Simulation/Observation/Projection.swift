import Attention
import Foundation

/// A plane through key space: across along a query, up along the direction in which the keys spread most beside it.
struct Projection {
    /// Unit vectors of length d; `up` is all zero at d = 1, where there is no other direction.
    let across: [Double]
    let up: [Double]

    private static let iterations = 24

    /// - Parameter before: the last plane, whose `up` the new one continues, so that the picture does not flip.
    /// - Parameter turn: turns `up` about the query by so many radians from the plane before: a slow rotation at d = 3.
    init(query: [Float], keys: KeyStatistics, before: Projection?, turn: Double = 0) {
        let d = query.count
        let q = query.map(Double.init)
        let norm = Self.norm(q)
        across = norm > 0 ? q.map { $0 / norm } : (0..<d).map { $0 == 0 ? 1 : 0 }
        if turn != 0, d == 3, let before, case let kept = Self.unit(before.up, without: [across]), Self.norm(kept) > 0 {
            let beside = Self.cross(across, kept)
            up = zip(kept, beside).map { $0 * cos(turn) + $1 * sin(turn) }
            return
        }
        let widest = Self.widest(keys, orthogonalTo: [across], from: before?.up)
        up = before.map { Self.dot(widest, $0.up) < 0 } == true ? widest.map { -$0 } : widest
    }

    /// The leading direction of the keys' scatter among those orthogonal to `taken`, by power iteration.
    private static func widest(_ keys: KeyStatistics, orthogonalTo taken: [[Double]], from start: [Double]?) -> [Double]
    {
        let d = keys.dimension
        guard d > taken.count else { return Array(repeating: 0, count: d) }
        var x = unit(start ?? (0..<d).map { 1 + 0.37 * Double(($0 * 7919) % 13) }, without: taken)
        if norm(x) == 0 { x = firstFree(d, taken) }
        for _ in 0..<iterations {
            var y = Array(repeating: 0.0, count: d)
            for row in 0..<d where x[row] != 0 {
                for column in 0..<d { y[column] += x[row] * keys.scatter[row * d + column] }
            }
            let next = unit(y, without: taken)
            guard norm(next) > 0 else { break }
            x = next
        }
        return x
    }

    private static func firstFree(_ d: Int, _ taken: [[Double]]) -> [Double] {
        for axis in 0..<d {
            let candidate = unit((0..<d).map { $0 == axis ? 1 : 0 }, without: taken)
            if norm(candidate) > 0 { return candidate }
        }
        return Array(repeating: 0, count: d)
    }

    /// x without its parts along `taken`, of length 1, or 0 where nothing is left.
    private static func unit(_ x: [Double], without taken: [[Double]]) -> [Double] {
        var rest = x
        for direction in taken {
            let part = dot(rest, direction)
            rest = zip(rest, direction).map { $0 - part * $1 }
        }
        let length = norm(rest)
        return length > 1e-9 * max(norm(x), .leastNormalMagnitude)
            ? rest.map { $0 / length } : Array(repeating: 0, count: x.count)
    }

    private static func cross(_ a: [Double], _ b: [Double]) -> [Double] {
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    }

    static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    static func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }
}
