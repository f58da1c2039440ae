import CKernels
import HalfSpace

/// Some queries of a job with their codes, and for each a list of candidate keys.
final class CodedQueries {
    static let most = 64
    private let job: PrefillJob
    /// The keys that the queries are for.
    private let codes: CodeBlocks
    private let padded: Int
    private let words: AlignedBuffer<Int8>
    private let vectors: AlignedBuffer<Float>
    private let coded: AlignedBuffer<ck_coded_query>
    private let ids: AlignedBuffer<UInt32>
    private let capacity: Int
    let dots: AlignedBuffer<Float>
    let weights: AlignedBuffer<Float>
    private let found: AlignedBuffer<Int>
    private(set) var rows = 0..<0
    /// ⟨q, k⟩ in float32 below this is no candidate; at or above `upper` surely a member; of each query.
    let lower: AlignedBuffer<Float>
    let upper: AlignedBuffer<Float>
    /// Float32 sums of the query might overflow, so that the definition must decide.
    private(set) var overflows = Array(repeating: false, count: CodedQueries.most)

    /// Lists have room for `capacity` keys each, after which they must be taken.
    init(job: PrefillJob, for codes: CodeBlocks, capacity: Int) {
        self.job = job
        self.codes = codes
        self.capacity = capacity + 80
        padded = (job.d + 15) & ~15
        words = AlignedBuffer(count: Self.most * (job.d + 4))
        vectors = AlignedBuffer(count: Self.most * padded)
        coded = AlignedBuffer(count: Self.most)
        ids = AlignedBuffer(count: Self.most * self.capacity)
        dots = AlignedBuffer(count: self.capacity)
        weights = AlignedBuffer(count: self.capacity)
        found = AlignedBuffer(count: Self.most)
        lower = AlignedBuffer(count: Self.most)
        upper = AlignedBuffer(count: Self.most)
    }

    /// Takes rows, at most ``most``; `threshold` gives the score that their candidates must be able to reach.
    func load(_ rows: Range<Int>, threshold: (Int) -> Double) throws {
        self.rows = rows
        var view = codes.view
        for (slot, row) in rows.enumerated() {
            let vector = job.query(row)
            let q = vectors.base + slot * padded
            for t in 0..<padded { q[t] = t < job.d ? vector[t] : 0 }
            ck_code_query(q, Int32(job.d), &view, words.base + slot * (job.d + 4), coded.base + slot)
            let band = GuardBand(try Query(vector, threshold: threshold(row)), largestKeyNorm: job.store.largestKeyNorm)
            lower.base[slot] = band.lower
            upper.base[slot] = band.upper
            overflows[slot] = band.exact
            found.base[slot] = 0
        }
    }

    func query(_ slot: Int) -> UnsafePointer<Float> { UnsafePointer(vectors.base + slot * padded) }
    func list(_ slot: Int) -> UnsafeMutablePointer<UInt32> { ids.base + slot * capacity }

    /// Adds the candidates among some blocks to the lists of all queries.
    func scan(_ blocks: Range<Int>, of codes: CodeBlocks) {
        var view = codes.view
        ck_code_scan(
            &view, blocks.lowerBound, blocks.upperBound, codes.blocksPerTile, coded.base, lower.base, rows.count,
            ids.base, capacity, found.base)
    }

    /// Ends the list of a query: candidates below `limit` with their float32 dot products in `dots`, those at or above
    /// `lower`. The list is empty again.
    func take(_ slot: Int, limit: Int, keys: UnsafePointer<Float>) -> Int {
        var count = found.base[slot]
        found.base[slot] = 0
        let list = list(slot)
        while count > 0, Int(list[count - 1]) >= limit { count -= 1 }
        guard count > 0 else { return 0 }
        return ck_code_verify(keys, Int32(job.d), query(slot), lower.base[slot], list, dots.base, count)
    }
}
