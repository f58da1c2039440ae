import Foundation
import HalfSpace

/// Points put in an order in which halves, quarters and so on lie together: each part is halved at the median of its widest
/// coordinate, down to parts of `leaf` points. O(n log n) and in place.
enum MedianOrder {
    /// The order of row-major points; part [first, last) splits at first + (last − first)/2.
    static func order(_ points: UnsafePointer<Float>, count: Int, dimension: Int, leaf: Int) -> [UInt32] {
        self.order(points, count: count, dimension: dimension, depth: depth(count, leaf: leaf))
    }

    /// The same, halved `depth` times.
    static func order(_ points: UnsafePointer<Float>, count: Int, dimension: Int, depth: Int) -> [UInt32] {
        var order = (0..<count).map(UInt32.init)
        let sorter = Sorter(points: points, dimension: dimension)
        order.withUnsafeMutableBufferPointer { sorter.split($0, level: depth) }
        return order
    }

    /// How often `count` points are halved until no part holds more than `leaf`.
    static func depth(_ count: Int, leaf: Int) -> Int {
        var depth = 0
        // Of halves that differ by one the larger counts.
        while ((count + (1 << depth) - 1) >> depth) > leaf { depth += 1 }
        return depth
    }

    private struct Sorter {
        let points: UnsafePointer<Float>
        let dimension: Int

        func split(_ part: UnsafeMutableBufferPointer<UInt32>, level: Int) {
            guard level > 0, part.count > 1 else { return }
            let middle = part.count / 2
            select(part, middle, axis: widest(part))
            split(UnsafeMutableBufferPointer(rebasing: part[..<middle]), level: level - 1)
            split(UnsafeMutableBufferPointer(rebasing: part[middle...]), level: level - 1)
        }

        private func widest(_ part: UnsafeMutableBufferPointer<UInt32>) -> Int {
            var best = (axis: 0, width: -Float.infinity)
            for t in 0..<dimension {
                var (low, high) = (Float.infinity, -Float.infinity)
                for id in part {
                    let x = points[Int(id) * dimension + t]
                    low = min(low, x)
                    high = max(high, x)
                }
                if high - low > best.width { best = (t, high - low) }
            }
            return best.axis
        }

        /// Rearranges so that the first `middle` points are no larger along the axis than the rest.
        private func select(_ part: UnsafeMutableBufferPointer<UInt32>, _ middle: Int, axis: Int) {
            let at = { (id: UInt32) in points[Int(id) * dimension + axis] }
            var (low, high) = (0, part.count - 1)
            while low < high {
                let (a, b, c) = (at(part[low]), at(part[(low + high) / 2]), at(part[high]))
                let pivot = max(min(a, b), min(max(a, b), c))
                var (i, j) = (low, high)
                while i <= j {
                    while at(part[i]) < pivot { i += 1 }
                    while at(part[j]) > pivot { j -= 1 }
                    if i <= j {
                        part.swapAt(i, j)
                        i += 1
                        j -= 1
                    }
                }
                if middle <= j { high = j } else if middle >= i { low = i } else { return }
            }
        }
    }
}
