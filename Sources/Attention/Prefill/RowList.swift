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

    init(job: PrefillJob) { self.job = job }

    /// False where keys that are not on the list might matter, or float32 could not hold the sums.
    func solve(_ row: Int, _ list: RowList, lower: Float) -> Bool {
        let root = Double(job.d).squareRoot()
        let slack = ck_dot_error(job.d, job.norms[row] * job.store.largestKeyNorm)
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
        guard job.findsItsOwn else { return chosen.value }
        guard let r = chosen.keepLargest, r > 0, r <= list.dots.count else { return nil }
        if pivots.count < list.dots.count + 16 { pivots = Array(repeating: 0, count: 2 * list.dots.count + 16) }
        let pivot = Double(ck_rank(list.dots, list.dots.count, r, &pivots))
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
                ck_floats(keys, job.d), job.d, q, job.thresholds.base[row], GuardBand.roundedUp(threshold + slack), ids,
                dots,
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
        let largest = ck_largest(dots, count)
        job.weights.base[row] = weights.withUnsafeMutableBufferPointer { weights in
            guard let weights = weights.baseAddress, let values = job.rows.values, count > 0 else { return 0 }
            let total = weigh(row, dots, count, largest: largest, b: b, into: weights)
            ck_sum_values(ck_floats(values, job.dv), job.dv, ids, weights, count, out)
            return total
        }
        return job.finish(row, largest: Double(largest) / Double(job.d).squareRoot())
    }

    /// The sum of the weights; 0 where float32 does not hold entmax's.
    private func weigh(
        _ row: Int, _ dots: UnsafeMutablePointer<Float>, _ count: Int, largest: Float, b: Double,
        into weights: UnsafeMutablePointer<Float>
    ) -> Double {
        let root = Double(job.d).squareRoot()
        switch job.activation {
        case .relu(let alpha):
            return ck_power_weights(dots, count, Float(1 / root), Float(b), Int32(alpha), weights)
        case .softmax where job.usesLogits:
            return weighLogits(dots, count, into: weights)
        case .softmax:
            return ck_exponential_weights(dots, count, Float(1 / root), Float(Double(largest) / root), weights)
        case .entmax(let alpha):
            guard alpha <= 2 else { return 0 }
            // Differences of dot products are exact where they are close, so float32 loses nothing that matters.
            let found = EntmaxWeights.fill(
                weights, of: dots, count: count, top: largest, alpha: alpha, scale: Float((alpha - 1) / root))
            let size = Double(max(abs(largest), abs(found.cut))) / root
            let holds = job.precision(row).holdsEntmax(alpha: alpha, size: size, support: found.count)
            return holds ? found.total : 0
        }
    }

    /// Softmax over logits that are not the scores; a sink takes its share and has no value.
    private func weighLogits(
        _ dots: UnsafeMutablePointer<Float>, _ count: Int, into weights: UnsafeMutablePointer<Float>
    ) -> Double {
        let root = Double(job.d).squareRoot()
        let top = max(job.logits(Double(ck_largest(dots, count)) / root), job.logits.sink ?? -.infinity)
        var total = job.logits.sink.map { exp($0 - top) } ?? 0
        for i in 0..<count {
            let weight = exp(job.logits(Double(dots[i]) / root) - top)
            weights[i] = Float(weight)
            total += weight
        }
        return total
    }
}
