import CKernels

/// The scan in low-bit codes: a few bits of every key, float32 of those that the bound leaves; O(n·d) a query with an
/// eighth of the bytes of the keys alone. It holds codes only: keys and values are the store's.
public final class QuantisedIndex: StaticIndex {
    public static let description = IndexDescription(
        name: "quantised", summary: "codes of a few bits an entry with a sound error bound",
        dimensions: 1...Int(CK_MOST_DIMENSIONS),
        search: .groups(
            name: "blocks", areAlike: true,
            reading: "This index reads a few bits of every key and scores those that they cannot rule out."))

    public let rows: Range<Int>
    private let store: KeyValueStore
    private let coded: CodedKeys
    private let scan: BruteIndex

    /// Groups whose candidates are listed before they are tested: the lists stay in the nearer caches.
    private static let chunk = Int(CK_STEP_GROUPS)

    public init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws
    {
        self.store = store
        self.rows = rows
        guard store.dimension <= Int(CK_MOST_DIMENSIONS) else {
            throw IndexCannotServe(kind: .quantised, reason: "d is above \(CK_MOST_DIMENSIONS)")
        }
        scan = try BruteIndex(store: store, rows: rows, progress: { _ in })
        guard let keys = store.kernelRows.keys else {
            throw IndexCannotServe(kind: .quantised, reason: "the store has no keys")
        }
        coded = try CodedKeys(
            keys: keys + rows.lowerBound * store.dimension, count: rows.count,
            dimension: store.dimension, threads: threads, progress: progress)
    }

    public var bytes: Int { coded.bytes }

    public func report(_ query: Query, into report: Report) {
        let band = GuardBand(query, largestKeyNorm: store.largestKeyNorm)
        if scans(band) { return scan.report(query, into: report) }
        let scale = Float(1 / Double(store.dimension).squareRoot())
        eachChunk(query, band, report.scratch, &report.work) { listed in
            report.scratch.shift(listed, by: UInt32(rows.lowerBound))
            report.append(listed, scale: scale)
        }
    }

    public func aggregate(_ query: Query, weight: Weight, into sum: Aggregate) {
        let band = GuardBand(query, largestKeyNorm: store.largestKeyNorm)
        if scans(band) { return scan.aggregate(query, weight: weight, into: sum) }
        let stride = store.valueDimension
        guard let values = store.kernelRows.values else { return }
        let base = values + rows.lowerBound * stride
        let before = sum.count
        var work = Work()
        eachChunk(query, band, sum.scratch, &work) {
            sum.addListed($0, weight: weight, dimension: store.dimension, values: base, stride: stride)
        }
        work.bytesRead += (sum.count - before) * stride * MemoryLayout<Float>.size
        sum.work += work
    }

    public func stepPart(in memory: StepMemory) -> ck_step_part? {
        guard let keys = store.kernelRows.keys, let values = store.kernelRows.values else { return nil }
        let scratch = Scratch(capacity: min(Self.chunk, coded.groupCount) * CodedKeys.groupRows)
        memory.keep(scratch)
        let part = ck_step_codes(
            coded: coded.view, keys: keys + rows.lowerBound * store.dimension,
            values: values + rows.lowerBound * store.valueDimension, groups: coded.groupCount,
            query: scratch.codedQuery,
            list: ck_step_list(ids: scratch.ids, dots: scratch.dots, weights: scratch.weights))
        return ck_step_part(add: ck_step_add_codes, part: memory.keep(part))
    }

    private func scans(_ band: GuardBand) -> Bool {
        band.exact || !(band.norm < CK_CODED_MOST_NORM) || band.threshold == -.infinity
    }

    /// Lists the members of each chunk in turn, numbered from the first row.
    private func eachChunk(
        _ query: Query, _ band: GuardBand, _ scratch: Scratch, _ work: inout Work, _ body: (_ listed: Int) -> Void
    ) {
        guard !rows.isEmpty, let allKeys = store.kernelRows.keys else { return }
        let d = store.dimension
        let keys = allKeys + rows.lowerBound * d
        let q = scratch.padded(query.vector)
        var view = coded.view
        // Centres, and rows in float32, are summed in float32 too: the bound gives way by what both may lose.
        ck_coded_prepare(&view, q, band.norm, band.threshold - 4 * band.slack, scratch.codedQuery)
        scratch.reserve(min(Self.chunk, coded.groupCount) * CodedKeys.groupRows)
        var (pruned, candidates) = (0, 0)
        let groups = coded.groupCount
        for first in stride(from: 0, to: groups, by: Self.chunk) {
            let last = min(first + Self.chunk, groups)
            var listed = ck_scan_codes(&view, scratch.codedQuery, q, first, last, scratch.ids, &pruned)
            guard listed > 0 else { continue }
            candidates += listed
            listed = ck_filter_rows(keys, d, d, q, band.lower, scratch.ids, scratch.dots, listed)
            var tested = 0
            listed = ck_resolve(
                keys, d, d, q, query.threshold, band.upper, scratch.ids, scratch.dots, listed, &tested)
            if listed > 0 { body(listed) }
        }
        work.visited += groups
        work.pruned += pruned
        work.candidates += candidates
        work.bytesRead += (groups - pruned) * Int(CK_GROUP / CK_BLOCK) * view.block_bytes + candidates * d * 4
    }
}

extension IndexKind {
    /// Low-bit codes with a sound error bound.
    public static let quantised = QuantisedIndex.kind
}
