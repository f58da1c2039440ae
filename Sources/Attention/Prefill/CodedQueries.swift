import CKernels
import HalfSpace

/// Some queries of a job with their codes, and for each a list of candidate keys.
final class CodedQueries {
    static let most = 64
    private let job: PrefillJob
    private let padded: Int
    private let codes: AlignedBuffer<Int8>
    private let vectors: AlignedBuffer<Float>
    private let coded: AlignedBuffer<ck_coded_query>
    private let ids: AlignedBuffer<UInt32>
    private let capacity: Int
    let dots: AlignedBuffer<Float>
    let weights: AlignedBuffer<Float>
    private var found = Array(repeating: 0, count: CodedQueries.most)
    private(set) var rows: [Int] = []
    /// ⟨q, k⟩ in float32 below this is no candidate; at or above `upper` surely a member; of each query.
    var lower = Array(repeating: Float(0), count: CodedQueries.most)
    var upper = Array(repeating: Float(0), count: CodedQueries.most)
    /// Float32 sums of the query might overflow, so that the definition must decide.
    private(set) var overflows = Array(repeating: false, count: CodedQueries.most)

    /// Lists have room for `capacity` keys each, after which they must be taken.
    init(job: PrefillJob, capacity: Int) {
        self.job = job
        self.capacity = capacity + 80
        padded = (job.d + 15) & ~15
        codes = AlignedBuffer(count: Self.most * (job.d + 4))
        vectors = AlignedBuffer(count: Self.most * padded)
        coded = AlignedBuffer(count: Self.most)
        ids = AlignedBuffer(count: Self.most * self.capacity)
        dots = AlignedBuffer(count: self.capacity)
        weights = AlignedBuffer(count: self.capacity)
    }

    /// Takes rows, at most ``most``; `threshold` gives the score that their candidates must be able to reach.
    func load(_ rows: Range<Int>, threshold: (Int) -> Double) throws {
        self.rows = Array(rows)
        for (slot, row) in rows.enumerated() {
            let vector = job.query(row)
            let q = vectors.base + slot * padded
            for t in 0..<padded { q[t] = t < job.d ? vector[t] : 0 }
            ck_code_query(q, Int32(job.d), codes.base + slot * (job.d + 4), coded.base + slot)
            let band = GuardBand(try Query(vector, threshold: threshold(row)), largestKeyNorm: job.store.largestKeyNorm)
            lower[slot] = band.lower
            upper[slot] = band.upper
            overflows[slot] = band.exact
            found[slot] = 0
        }
    }

    func query(_ slot: Int) -> UnsafePointer<Float> { UnsafePointer(vectors.base + slot * padded) }
    func list(_ slot: Int) -> UnsafeMutablePointer<UInt32> { ids.base + slot * capacity }

    /// Adds the candidates among some blocks to the list of a query.
    func scan(_ slot: Int, blocks: Range<Int>, of codes: inout ck_codes) {
        found[slot] += ck_code_candidates(
            &codes, blocks.lowerBound, blocks.upperBound, coded.base + slot, lower[slot], list(slot) + found[slot])
    }

    /// Ends the list of a query: candidates below `limit` with their float32 dot products in `dots`, those at or above
    /// `lower`. The list is empty again.
    func take(_ slot: Int, limit: Int) -> Int {
        var count = found[slot]
        found[slot] = 0
        let list = list(slot)
        while count > 0, Int(list[count - 1]) >= limit { count -= 1 }
        guard count > 0, let keys = job.rows.keys else { return 0 }
        return ck_code_verify(keys, Int32(job.d), query(slot), lower[slot], list, dots.base, count)
    }
}
