import CKernels
import HalfSpace

/// A binary partition tree over a range of a store's rows for queries that descend it 16 at a time: boxes, rows in tree
/// order, and for ReLU¹ the moments that answer a node wholly inside. O(n log n) to build, O(n·(d + dv)) to hold.
final class LaneTree: Sendable {
    static let leaf = 32
    /// Moments take d·dv floats a node: beyond this many they cost more than they save.
    private static let mostMoments = 80

    private let keys: AlignedBuffer<Float>
    private let values: AlignedBuffer<Float>
    private let boxes: AlignedBuffer<Float>
    private let moments: AlignedBuffer<Float>?
    private let count: Int
    private let depth: Int
    private let d: Int
    private let dv: Int

    /// Over rows of the job's store.
    init(job: PrefillJob, rows: Range<Int>, withMoments: Bool) {
        (count, d, dv) = (rows.count, job.d, job.dv)
        depth = MedianOrder.depth(count, leaf: Self.leaf)
        keys = AlignedBuffer(count: (count + 4) * d + 16)
        values = AlignedBuffer(count: (count + 4) * dv + 16)
        let nodes = (2 << depth) - 1
        boxes = AlignedBuffer(count: nodes * 2 * d + 16)
        let momentFloats = dv + d + d * dv
        moments =
            withMoments && momentFloats <= Self.mostMoments ? AlignedBuffer(count: nodes * momentFloats + 16) : nil
        guard count > 0, let storeKeys = job.rows.keys, let storeValues = job.rows.values else { return }
        let base = storeKeys + rows.lowerBound * d
        let order = MedianOrder.order(base, count: count, dimension: d, leaf: Self.leaf)
        for (slot, id) in order.enumerated() {
            (keys.base + slot * d).update(from: base + Int(id) * d, count: d)
            (values.base + slot * dv).update(from: storeValues + (rows.lowerBound + Int(id)) * dv, count: dv)
        }
        _ = fill(node: 0, level: 0, first: 0, last: count)
    }

    var view: ck_lane_tree {
        ck_lane_tree(
            rows: ck_lane_rows(keys: keys.base, values: values.base, d: Int32(d), dv: Int32(dv)), count: count,
            depth: Int32(depth), boxes: boxes.base, moments: moments?.base)
    }

    /// What a node hands to its parent.
    private struct Part {
        var low: [Float]
        var high: [Float]
        /// Σ v, Σ (k − c), Σ (k − c) ⊗ v about its own centre, in float64.
        var moments: [Double]
        var centre: [Float]
        var count: Int
    }

    private func fill(node: Int, level: Int, first: Int, last: Int) -> Part {
        var part: Part
        if level == depth {
            part = leaf(first, last)
        } else {
            let middle = first + (last - first) / 2
            let left = fill(node: 2 * node + 1, level: level + 1, first: first, last: middle)
            let right = fill(node: 2 * node + 2, level: level + 1, first: middle, last: last)
            part = join(left, right)
        }
        let box = boxes.base + node * 2 * d
        for t in 0..<d {
            let c = part.centre[t]
            box[t] = c
            box[d + t] = max(part.high[t] - c, c - part.low[t]).nextUp
        }
        if let moments {
            let target = moments.base + node * part.moments.count
            for i in part.moments.indices { target[i] = Float(part.moments[i]) }
        }
        return part
    }

    private func leaf(_ first: Int, _ last: Int) -> Part {
        var low = Array(repeating: Float.infinity, count: d)
        var high = Array(repeating: -Float.infinity, count: d)
        for slot in first..<last {
            for t in 0..<d {
                let x = keys.base[slot * d + t]
                low[t] = min(low[t], x)
                high[t] = max(high[t], x)
            }
        }
        if first == last {
            low = Array(repeating: 0, count: d)
            high = low
        }
        var part = Part(low: low, high: high, moments: [], centre: Self.middle(low, high), count: last - first)
        guard moments != nil else { return part }
        part.moments = Array(repeating: 0, count: dv + d + d * dv)
        for slot in first..<last {
            let value = values.base + slot * dv
            for u in 0..<dv { part.moments[u] += Double(value[u]) }
            for t in 0..<d {
                let offset = Double(keys.base[slot * d + t]) - Double(part.centre[t])
                part.moments[dv + t] += offset
                for u in 0..<dv { part.moments[dv + d + t * dv + u] += offset * Double(value[u]) }
            }
        }
        return part
    }

    private func join(_ a: Part, _ b: Part) -> Part {
        let low = zip(a.low, b.low).map { min($0, $1) }
        let high = zip(a.high, b.high).map { max($0, $1) }
        var part = Part(low: low, high: high, moments: [], centre: Self.middle(low, high), count: a.count + b.count)
        guard moments != nil else { return part }
        part.moments = Array(repeating: 0, count: a.moments.count)
        for child in [a, b] {
            for u in 0..<dv { part.moments[u] += child.moments[u] }
            for t in 0..<d {
                // About the parent's centre: each offset grows by the distance of the centres.
                let move = Double(child.centre[t]) - Double(part.centre[t])
                part.moments[dv + t] += child.moments[dv + t] + move * Double(child.count)
                for u in 0..<dv {
                    part.moments[dv + d + t * dv + u] += child.moments[dv + d + t * dv + u] + move * child.moments[u]
                }
            }
        }
        return part
    }

    private static func middle(_ low: [Float], _ high: [Float]) -> [Float] {
        zip(low, high).map { low, high in low / 2 + high / 2 }
    }
}
