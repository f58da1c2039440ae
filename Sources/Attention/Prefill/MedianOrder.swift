import Foundation
import HalfSpace

/// Points put in an order in which halves, quarters and so on lie together: each part is halved at the median of its widest
/// coordinate, down to parts of `leaf` points. O(n log n).
enum MedianOrder {
    /// The order of row-major points; part [first, last) splits at first + (last − first)/2.
    static func order(_ points: UnsafePointer<Float>, count: Int, dimension: Int, leaf: Int) -> [UInt32] {
        self.order(points, count: count, dimension: dimension, depth: depth(count, leaf: leaf))
    }

    /// The same, halved `depth` times.
    static func order(_ points: UnsafePointer<Float>, count: Int, dimension: Int, depth: Int) -> [UInt32] {
        let ranked = AlignedBuffer<UInt64>(count: count)
        let room = AlignedBuffer<UInt64>(count: count)
        for i in 0..<count { ranked.base[i] = UInt64(i) }
        Sorter(points: points, dimension: dimension, ranked: ranked.base, room: room.base)
            .split(0..<count, level: depth)
        return (0..<count).map { UInt32(truncatingIfNeeded: ranked.base[$0]) }
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
        /// A point's number below a coordinate, in bits that are ordered as floats are: all different.
        let ranked: UnsafeMutablePointer<UInt64>
        let room: UnsafeMutablePointer<UInt64>

        func split(_ part: Range<Int>, level: Int) {
            guard level > 0, part.count > 1 else { return }
            let middle = part.lowerBound + part.count / 2
            let axis = widest(part)
            for i in part {
                let id = ranked[i] & 0xffff_ffff
                let bits = points[Int(id) * dimension + axis].bitPattern
                let ordered = bits & 0x8000_0000 != 0 ? ~bits : bits | 0x8000_0000
                ranked[i] = UInt64(ordered) << 32 | id
            }
            select(part, middle)
            split(part.lowerBound..<middle, level: level - 1)
            split(middle..<part.upperBound, level: level - 1)
        }

        private func widest(_ part: Range<Int>) -> Int {
            var best = (axis: 0, width: -Float.infinity)
            for t in 0..<dimension {
                var (low, high) = (Float.infinity, -Float.infinity)
                for i in part {
                    let x = points[Int(ranked[i] & 0xffff_ffff) * dimension + t]
                    low = x < low ? x : low
                    high = x > high ? x : high
                }
                if high - low > best.width { best = (t, high - low) }
            }
            return best.axis
        }

        /// Rearranges so that the numbers before `middle` are smaller than the rest. What is moved is written to both sides
        /// and counts on one: no branch to guess.
        private func select(_ part: Range<Int>, _ middle: Int) {
            var (first, end) = (part.lowerBound, part.upperBound)
            while end - first > 1 {
                let (a, b, c) = (ranked[first], ranked[first + (end - first) / 2], ranked[end - 1])
                let pivot = max(min(a, b), min(max(a, b), c))
                var (below, above) = (first, 0)
                for i in first..<end {
                    let x = ranked[i]
                    let isBelow = x < pivot ? 1 : 0
                    ranked[below] = x
                    room[above] = x
                    below += isBelow
                    above += 1 - isBelow
                }
                (ranked + below).update(from: room, count: above)
                if middle < below {
                    end = below
                } else if below > first {
                    first = below
                } else {
                    // The pivot is the smallest: it takes the first place.
                    guard let place = (first..<end).first(where: { ranked[$0] == pivot }) else { return }
                    ranked[place] = ranked[first]
                    ranked[first] = pivot
                    if middle == first { return }
                    first += 1
                }
            }
        }
    }
}
