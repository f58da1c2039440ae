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
        let corners = AlignedBuffer<Float>(count: nodes * 2 * d)
        let sums = AlignedBuffer<Double>(count: moments == nil ? 0 : nodes * momentFloats)
        fill(Nodes(corners: corners.base, sums: sums.base), node: 0, level: 0, first: 0, last: count)
    }

    var view: ck_lane_tree {
        ck_lane_tree(
            rows: ck_lane_rows(keys: keys.base, values: values.base, d: Int32(d), dv: Int32(dv)), count: count,
            depth: Int32(depth), boxes: boxes.base, moments: moments?.base)
    }

    /// What nodes hand to their parents: the lower and the upper corner of the box, and Σ v, Σ (k − c), Σ (k − c) ⊗ v about
    /// its centre, in float64.
    private struct Nodes {
        let corners: UnsafeMutablePointer<Float>
        let sums: UnsafeMutablePointer<Double>
    }

    private func fill(_ nodes: Nodes, node: Int, level: Int, first: Int, last: Int) {
        let low = nodes.corners + node * 2 * d
        let high = low + d
        if level == depth {
            leaf(low, high, first, last)
        } else {
            let middle = first + (last - first) / 2
            let (left, right) = (2 * node + 1, 2 * node + 2)
            fill(nodes, node: left, level: level + 1, first: first, last: middle)
            fill(nodes, node: right, level: level + 1, first: middle, last: last)
            for t in 0..<d {
                low[t] = min(nodes.corners[left * 2 * d + t], nodes.corners[right * 2 * d + t])
                high[t] = max(nodes.corners[left * 2 * d + d + t], nodes.corners[right * 2 * d + d + t])
            }
        }
        let box = boxes.base + node * 2 * d
        for t in 0..<d {
            let c = low[t] / 2 + high[t] / 2
            box[t] = c
            box[d + t] = max(high[t] - c, c - low[t]).nextUp
        }
        guard let moments else { return }
        let length = dv + d + d * dv
        let sums = nodes.sums + node * length
        if level == depth {
            addRows(to: sums, box, first, last)
        } else {
            let middle = first + (last - first) / 2
            add(2 * node + 1, count: middle - first, of: nodes, to: sums, box)
            add(2 * node + 2, count: last - middle, of: nodes, to: sums, box)
        }
        for i in 0..<length { moments.base[node * length + i] = Float(sums[i]) }
    }

    private func leaf(
        _ low: UnsafeMutablePointer<Float>, _ high: UnsafeMutablePointer<Float>, _ first: Int, _ last: Int
    ) {
        for t in 0..<d { (low[t], high[t]) = first == last ? (0, 0) : (.infinity, -.infinity) }
        for slot in first..<last {
            for t in 0..<d {
                let x = keys.base[slot * d + t]
                low[t] = min(low[t], x)
                high[t] = max(high[t], x)
            }
        }
    }

    private func addRows(
        to sums: UnsafeMutablePointer<Double>, _ centre: UnsafePointer<Float>, _ first: Int, _ last: Int
    ) {
        for slot in first..<last {
            let value = values.base + slot * dv
            for u in 0..<dv { sums[u] += Double(value[u]) }
            for t in 0..<d {
                let offset = Double(keys.base[slot * d + t]) - Double(centre[t])
                sums[dv + t] += offset
                let products = sums + dv + d + t * dv
                for u in 0..<dv { products[u] += offset * Double(value[u]) }
            }
        }
    }

    /// Adds a child's sums about the parent's centre: each offset grows by the distance of the centres.
    private func add(
        _ child: Int, count: Int, of nodes: Nodes, to sums: UnsafeMutablePointer<Double>, _ centre: UnsafePointer<Float>
    ) {
        let part = nodes.sums + child * (dv + d + d * dv)
        let own = boxes.base + child * 2 * d
        for u in 0..<dv { sums[u] += part[u] }
        for t in 0..<d {
            let move = Double(own[t]) - Double(centre[t])
            sums[dv + t] += part[dv + t] + move * Double(count)
            let at = dv + d + t * dv
            for u in 0..<dv { sums[at + u] += part[at + u] + move * part[u] }
        }
    }
}
