import Attention
import Foundation
import HalfSpace

extension KeyStatistics {
    /// Half the side of a square around the mean key that holds all but a few keys, whatever the direction of view:
    /// 4.5 deviations along the widest direction, or as far as the farthest of a sample where that is less.
    func reach(of store: KeyValueStore, rows: Int) -> Double {
        guard rows > 0, count > 0 else { return 1 }
        var farthest = 0.0
        for row in stride(from: 0, to: rows, by: max(1, rows / 4096)) {
            var square = 0.0
            for (entry, mean) in zip(store.key(row), mean) { square += (Double(entry) - mean) * (Double(entry) - mean) }
            farthest = max(farthest, square)
        }
        let reach = min(4.5 * (widestVariance / Double(count)).squareRoot(), 1.05 * farthest.squareRoot())
        return reach > 0 && reach.isFinite ? reach : 1
    }

    /// n times the variance along the direction in which the keys spread most, by power iteration.
    private var widestVariance: Double {
        let d = dimension
        var x = (0..<d).map { 1 + 0.37 * Double(($0 * 7919) % 13) }
        var length = 0.0
        for _ in 0..<24 {
            let norm = Projection.norm(x)
            guard norm > 0 else { return 0 }
            let unit = x.map { $0 / norm }
            x = (0..<d).map { row in
                (0..<d).reduce(0.0) { $0 + scatter[row * d + $1] * unit[$1] }
            }
            length = Projection.norm(x)
        }
        return length
    }
}
