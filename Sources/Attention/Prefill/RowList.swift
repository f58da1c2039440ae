import CKernels
import Foundation
import HalfSpace

/// Every key of a row whose float32 dot product is at least `lower`; it grows stretch by stretch and is used again.
final class RowList {
    private(set) var ids: [UInt32] = []
    private(set) var dots: [Float] = []

    func removeAll() {
        ids.removeAll(keepingCapacity: true)
        dots.removeAll(keepingCapacity: true)
    }

    func append(_ ids: UnsafePointer<UInt32>, _ dots: UnsafePointer<Float>, count: Int) {
        self.ids.append(contentsOf: UnsafeBufferPointer(start: ids, count: count))
        self.dots.append(contentsOf: UnsafeBufferPointer(start: dots, count: count))
    }

    /// Calls `body` with both lists, which it may shrink in place; what is left is not kept.
    func withLists<R>(_ body: (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<Float>, Int) -> R) -> R? {
        let count = ids.count
        return ids.withUnsafeMutableBufferPointer { ids in
            dots.withUnsafeMutableBufferPointer { dots in
                guard let ids = ids.baseAddress, let dots = dots.baseAddress else { return nil }
                return body(ids, dots, count)
            }
        }
    }
}

/// Finds a row's own b in its list, then the members and the output.
final class RowListSolver {
    private let job: PrefillJob
    private var pivots: [Float] = []
    private var weights: [Float] = []
    private var reduced: [Double] = []

    init(job: PrefillJob) { self.job = job }

    /// False where keys that are not on the list might matter, or float32 could not hold the sums.
    func solve(_ row: Int, _ list: RowList, lower: Float) -> Bool {
        let root = Double(job.d).squareRoot()
        let slack = Double(job.d + 4) * (0x1p-23 * job.norms[row] * job.store.largestKeyNorm + 0x1p-149)
        guard let b = findThreshold(row, list, lower: Double(lower), slack: slack), b * root - slack > Double(lower)
        else { return false }
        job.thresholds.base[row] = b
        return list.withLists { ids, dots, count in
            attend(row, ids, dots, members(row, ids, dots, count, threshold: b * root, slack: slack), b: b)
        } ?? false
    }

    /// b as a score: `s_max − 1/(a−1)`, or the r-th largest score and the offset.
    private func findThreshold(_ row: Int, _ list: RowList, lower: Double, slack: Double) -> Double? {
        let chosen = job.chosen[row]
        if case .entmax(let alpha) = job.activation {
            guard let top = list.dots.withUnsafeBufferPointer({ $0.max() }) else { return nil }
            return near(Double(top), slack, row, list).scores.max().map { $0 - Entmax.reach(alpha) }
        }
        guard let r = chosen.keepLargest, r > 0, r <= list.dots.count else { return nil }
        pivots.removeAll(keepingCapacity: true)
        pivots.append(contentsOf: list.dots)
        let pivot = Double(Selection.largest(r, of: &pivots))
        guard pivot - 2 * slack > lower else { return nil }
        let doubtful = near(pivot, slack, row, list)
        let scores = doubtful.scores.sorted(by: >)
        let rank = r - doubtful.above - 1
        return scores.indices.contains(rank) ? scores[rank] + chosen.shift : nil
    }

    /// The true scores of the entries that float32 cannot tell from `dot`, and how many are surely above them.
    private func near(
        _ dot: Double, _ slack: Double, _ row: Int, _ list: RowList
    ) -> (scores: [Double], above: Int) {
        let (low, high) = (GuardBand.roundedDown(dot - 2 * slack), GuardBand.roundedUp(dot + 2 * slack))
        var above = 0
        var close: [UInt32] = []
        list.dots.withUnsafeBufferPointer { dots in
            for i in dots.indices where dots[i] >= low {
                if dots[i] > high { above += 1 } else { close.append(list.ids[i]) }
            }
        }
        let query = job.query(row)
        let scores = query.withUnsafeBufferPointer { q in close.map { Membership.score(q, job.store.key(Int($0))) } }
        return (scores, above)
    }

    /// Shrinks the lists to the members; in the guard band the definition decides.
    private func members(
        _ row: Int, _ ids: UnsafeMutablePointer<UInt32>, _ dots: UnsafeMutablePointer<Float>, _ count: Int,
        threshold: Double, slack: Double
    ) -> Int {
        let lower = GuardBand.roundedDown(threshold - slack)
        var kept = 0
        for i in 0..<count {
            let (id, dot) = (ids[i], dots[i])
            ids[kept] = id
            dots[kept] = dot
            kept += dot >= lower ? 1 : 0
        }
        guard let keys = job.rows.keys else { return 0 }
        var tested = 0
        return job.query(row).withUnsafeBufferPointer { q in
            guard let q = q.baseAddress else { return 0 }
            return ck_resolve(
                keys, job.d, job.d, q, job.thresholds.base[row], GuardBand.roundedUp(threshold + slack), ids, dots,
                kept,
                &tested)
        }
    }

    private func attend(
        _ row: Int, _ ids: UnsafeMutablePointer<UInt32>, _ dots: UnsafeMutablePointer<Float>, _ count: Int, b: Double
    ) -> Bool {
        if weights.count < count + 16 { weights = Array(repeating: 0, count: 2 * count + 16) }
        let out = job.sums.base + row * job.dv
        for t in 0..<job.dv { out[t] = 0 }
        job.reported.base[row] = UInt32(count)
        job.weights.base[row] = weights.withUnsafeMutableBufferPointer { weights in
            guard let weights = weights.baseAddress, let values = job.rows.values, count > 0 else { return 0 }
            let total = weigh(dots, count, b: b, into: weights)
            ck_sum_values(values, job.dv, job.dv, ids, weights, count, out)
            return total
        }
        return job.finish(row)
    }

    private func weigh(
        _ dots: UnsafeMutablePointer<Float>, _ count: Int, b: Double, into weights: UnsafeMutablePointer<Float>
    ) -> Double {
        let root = Double(job.d).squareRoot()
        let top = ck_largest(dots, count)
        switch job.activation {
        case .relu(let alpha):
            return ck_power_weights(dots, count, Float(1 / root), Float(b), Int32(alpha), weights)
        case .softmax:
            return ck_exponential_weights(dots, count, Float(1 / root), Float(Double(top) / root), weights)
        case .entmax(let alpha):
            let scale = (alpha - 1) / root
            reduced.removeAll(keepingCapacity: true)
            for i in 0..<count { reduced.append(scale * (Double(dots[i]) - Double(top))) }
            let tau = Entmax.threshold(reduced, alpha: alpha)
            // Differences of dot products are exact where they are close, so float32 loses nothing that matters.
            weights.update(from: dots, count: count)
            return ck_entmax_weights(weights, count, top, Float(scale), Float(tau), Float(1 / (alpha - 1)))
        }
    }
}

/// Order statistics without sorting.
enum Selection {
    /// The r-th largest (r from 1); O(count) on average, rearranges.
    static func largest(_ r: Int, of x: inout [Float]) -> Float {
        x.withUnsafeMutableBufferPointer { x in
            var (low, high) = (0, x.count - 1)
            let target = r - 1
            while low < high {
                let middle = (low + high) / 2
                let pivot = max(min(x[low], x[middle]), min(max(x[low], x[middle]), x[high]))
                var (i, j) = (low, high)
                while i <= j {
                    while x[i] > pivot { i += 1 }
                    while x[j] < pivot { j -= 1 }
                    if i <= j {
                        x.swapAt(i, j)
                        i += 1
                        j -= 1
                    }
                }
                if target <= j { high = j } else if target >= i { low = i } else { return x[target] }
            }
            return x[target]
        }
    }
}
