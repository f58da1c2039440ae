import CKernels
import Foundation
import HalfSpace

/// The rows of a prefill under way: what the ways of computing them share. Every row is written by one task at a time.
final class PrefillJob: @unchecked Sendable {
    let store: KeyValueStore
    /// Keys when the prefill began.
    let n: Int
    let m: Int
    let d: Int
    let dv: Int
    let activation: Activation
    /// What softmax makes of scores.
    let logits: SoftmaxLogits
    let causal: Bool
    let queries: [Float]
    /// What the rule chose for every row.
    let chosen: [ChosenThreshold]
    /// b of every row; rows that find their own write it.
    let thresholds: AlignedBuffer<Double>
    /// ‖q‖ of every row.
    let norms: [Double]
    /// What rows have summed so far: `Σ w v` [m][dv], `Σ w`, members.
    let sums: AlignedBuffer<Float>
    let weights: AlignedBuffer<Double>
    let reported: AlignedBuffer<UInt32>
    /// Rows that float64 has to answer.
    private let doubted: AlignedBuffer<Bool>
    /// Bounds the norm of every key and of every corner of a box around keys.
    let reach: Double
    /// Keys and values in float32: every way of computing rows reads these, whatever the store keeps.
    let rows: ck_lane_rows
    private let floatKeys, floatValues: FloatTable

    init(_ request: PrefillRequest, store: KeyValueStore, chosen: [ChosenThreshold]) {
        self.chosen = chosen
        self.store = store
        n = store.count
        d = store.dimension
        dv = store.valueDimension
        (floatKeys, floatValues) = (store.floatKeys(0..<n), store.floatValues(0..<n))
        rows = ck_lane_rows(keys: floatKeys.base, values: floatValues.base, d: Int32(d), dv: Int32(dv))
        m = request.queries.count / d
        activation = request.activation
        logits = request.logits
        causal = request.causal
        queries = request.queries
        thresholds = AlignedBuffer(count: m)
        for (row, threshold) in chosen.enumerated() { thresholds.base[row] = threshold.value }
        sums = AlignedBuffer(count: m * dv)
        weights = AlignedBuffer(count: m)
        reported = AlignedBuffer(count: m)
        doubted = AlignedBuffer(count: m)
        norms = queries.withUnsafeBufferPointer { q in
            (0..<(q.count / store.dimension)).map { row in
                var square = 0.0
                for t in 0..<store.dimension {
                    let x = Double(q[row * store.dimension + t])
                    square += x * x
                }
                return square.squareRoot()
            }
        }
        var largest = Array(repeating: Float(0), count: store.dimension)
        for (i, x) in store.keys.enumerated() {
            let t = i % store.dimension
            largest[t] = max(largest[t], abs(x))
        }
        reach = largest.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() * (1 + 1e-9)
    }

    /// How many keys row i sees: a prefix.
    func visible(_ row: Int) -> Int { causal ? max(0, n - m + row + 1) : n }

    func query(_ row: Int) -> [Float] { Array(queries[row * d..<(row + 1) * d]) }

    /// Half the width of the band around b, in score units, in which float32 cannot decide membership of a row: rounding of
    /// the scaled query, of d products and sums, and of the corners of boxes.
    func guardBand(_ row: Int) -> Float {
        GuardBand.roundedUp(ck_score_error(d, norms[row] * reach, thresholds.base[row]))
    }

    /// What exponents of a row are shifted by.
    func shift(_ row: Int) -> Float {
        let b = thresholds.base[row]
        return b.isFinite ? Float(b) + 40 : 40
    }

    /// α for the kernels: 0 stands for the exponential.
    var exponent: Int32 {
        switch activation {
        case .relu(let alpha): Int32(alpha)
        case .softmax, .entmax: 0
        }
    }

    /// Whether rows find their own b: entmax, and the r largest.
    var findsItsOwn: Bool {
        if case .entmax = activation { return true }
        return chosen.first?.keepLargest != nil
    }

    /// Whether softmax is over other logits than the scores, so that every member's weight is computed by itself.
    var usesLogits: Bool { activation == .softmax && !logits.arePlain }

    /// Whether rows are made from lists of their keys rather than from running sums.
    var needsLists: Bool { findsItsOwn || usesLogits }

    /// Forgets what rows summed.
    func clear(_ rows: Range<Int>) {
        for row in rows {
            for t in 0..<dv { sums.base[row * dv + t] = 0 }
            weights.base[row] = 0
            reported.base[row] = 0
            doubted.base[row] = false
        }
    }

    /// What rows hold, to be put back by ``restore(_:_:)``.
    func rowResults(_ rows: Range<Int>) -> RowResults {
        RowResults(
            values: Array(UnsafeBufferPointer(start: sums.base + rows.lowerBound * dv, count: rows.count * dv)),
            weights: Array(UnsafeBufferPointer(start: weights.base + rows.lowerBound, count: rows.count)),
            reported: Array(UnsafeBufferPointer(start: reported.base + rows.lowerBound, count: rows.count)))
    }

    /// Finished rows, as they stand in ``sums``, ``weights`` and ``reported``.
    struct RowResults {
        var values: [Float]
        var weights: [Double]
        var reported: [UInt32]
    }

    /// Puts back what rows held.
    func restore(_ results: RowResults, _ rows: Range<Int>) {
        for (i, value) in results.values.enumerated() { sums.base[rows.lowerBound * dv + i] = value }
        for (i, weight) in results.weights.enumerated() { weights.base[rows.lowerBound + i] = weight }
        for (i, count) in results.reported.enumerated() { reported.base[rows.lowerBound + i] = count }
    }

    /// What float32 holds of a row.
    func precision(_ row: Int) -> FloatPrecision {
        FloatPrecision(dimension: d, reach: norms[row] * store.largestKeyNorm)
    }

    /// Notes that float32 does not hold a row, so that ``finish(_:largest:)`` refuses it.
    func doubt(_ row: Int) { doubted.base[row] = true }

    /// Whether float32 does not hold a row.
    func isDoubted(_ row: Int) -> Bool { doubted.base[row] }

    /// Divides the sums of a row by its weight; false where float32 does not hold the row.
    /// - Parameter largest: The largest score, if the weights are exponentials relative to it.
    func finish(_ row: Int, largest: Double? = nil) -> Bool {
        let out = sums.base + row * dv
        let weight = weights.base[row]
        guard !doubted.base[row] else { return false }
        guard weight > 0 || reported.base[row] > 0 else {
            for t in 0..<dv { out[t] = 0 }
            return true
        }
        guard weight > 1e-25, weight < 1e25 else { return false }
        switch activation {
        case .relu(let alpha):
            let count = Int(reported.base[row])
            let b = thresholds.base[row]
            guard precision(row).holdsPowers(above: b, weight: weight, count: count, alpha: alpha) else { return false }
        case .softmax:
            let size = largest ?? Double(shift(row)) + log(weight)
            guard precision(row).holdsExponentials(upTo: size) else { return false }
        case .entmax: break
        }
        let scale = Float(1 / weight)
        var fine = true
        for t in 0..<dv {
            out[t] *= scale
            fine = fine && out[t].isFinite
        }
        return fine
    }
}
