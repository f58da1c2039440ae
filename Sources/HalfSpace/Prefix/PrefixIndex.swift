import CKernels

/// For keys of low rank: boxes and codes over the leading principal components and the norm of what they leave; what
/// those cannot rule out is read in float32 from the store.
public final class PrefixIndex: StaticIndex {
    public static let description = IndexDescription(
        name: "prefix", summary: "boxes over the leading principal components, for keys of low rank",
        dimensions: 2...Int(CK_BOXES_MOST),
        search: .groups(
            name: "boxes", areAlike: false,
            reading:
                "This index drops boxes over the leading principal components by their bounds and scores what is left; "
                + "the Index view counts them."))

    public let rows: Range<Int>
    private let store: KeyValueStore
    private let keys: PrefixKeys
    private let boxed: BoxedKeys
    private let scan: BruteIndex
    /// The axes and after them the mean of the keys, for the kernel of a step.
    private let axes: AlignedBuffer<Double>

    /// Leaves whose candidates are listed before they are tested.
    private static let chunk = Int(CK_STEP_LEAVES)
    /// Queries and keys beyond this could take the bounds out of float32.
    private static let largestNorm = 1e15

    /// Builds on so many threads, with a prefix for queries like those given.
    public init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws
    {
        self.store = store
        self.rows = rows
        scan = try BruteIndex(store: store, rows: rows, progress: { _ in })
        guard let all = store.kernelRows.keys, !rows.isEmpty else {
            throw IndexCannotServe(kind: .prefix, reason: "there are no keys to find a low rank in")
        }
        guard store.largestKeyNorm < Self.largestNorm else {
            throw IndexCannotServe(kind: .prefix, reason: "a key's norm is above \(Self.largestNorm)")
        }
        let d = store.dimension
        let first = all + rows.lowerBound * d
        guard let longest = PrefixLength.longest(dimension: d), d <= Int(CK_BOXES_MOST) else {
            throw IndexCannotServe(
                kind: .prefix, reason: "d is \(d), and keys of 2 to \(CK_BOXES_MOST) dimensions have a prefix")
        }
        let principal = PrincipalAxes(keys: first, count: rows.count, dimension: d, axes: longest)
        keys = PrefixKeys(
            principal: principal, dimension: d,
            prefix: try Self.prefix(principal, first, rows.count, queries: hints.queries))
        let kept = keys.prefix * d
        axes = AlignedBuffer(count: kept + d)
        for i in 0..<kept { axes.base[i] = principal.axes[i] }
        for t in 0..<d { axes.base[kept + t] = principal.mean[t] }
        boxed = try Self.box(keys, first, rows.count, threads: threads, progress: progress)
    }

    /// The prefix that costs least, if its bound rules most keys out.
    private static func prefix(
        _ principal: PrincipalAxes, _ first: UnsafePointer<Float>, _ count: Int, queries: [[Float]]
    ) throws -> Int {
        let chosen = PrefixLength(principal, keys: first, count: count, queries: queries)
        guard chosen.excess <= PrefixLength.mostExcess else {
            let (length, d) = (chosen.components, principal.mean.count)
            func percent(_ share: Double) -> Int { Int((100 * share).rounded()) }
            let tail = percent(1 - principal.share(of: length))
            throw IndexCannotServe(
                kind: .prefix,
                reason: "the first \(length) of \(d) principal components leave \(tail) % of the keys' variance, and a "
                    + "bound by them would rule out only \(percent(1 - chosen.excess)) % of the keys")
        }
        return chosen.components
    }

    private static func box(
        _ keys: PrefixKeys, _ first: UnsafePointer<Float>, _ count: Int, threads: Int, progress: BuildProgress
    ) throws -> BoxedKeys {
        var short = [Float](repeating: 0, count: count * keys.length)
        for start in stride(from: 0, to: count, by: 1 << 14) {
            try progress(0.3 * Double(start) / Double(count))
            keys.shortened(first, start..<min(start + 1 << 14, count), into: &short)
        }
        let shortStore = KeyValueStore(dimension: keys.length, valueDimension: 1, capacity: count)
        try shortStore.append(keys: short, values: [Float](repeating: 0, count: count))
        short = []
        return try BoxedKeys(
            store: shortStore, rows: 0..<count, threads: threads, keepsRecords: false,
            progress: { try progress(0.3 + 0.7 * $0) })
    }

    /// How much of the keys' variance the prefix holds, in words.
    var spectrum: String {
        let share = 100 * keys.principal.share(of: keys.prefix)
        let rounded = share < 99 ? "\(Int(share.rounded()))" : "\((10 * share).rounded(.down) / 10)"
        return "\(keys.prefix) of \(keys.dimension) principal components hold \(rounded) % of the keys' variance"
    }

    public var bytes: Int { boxed.bytes + axes.bytes + keys.principal.axes.count * MemoryLayout<Double>.size }

    public func report(_ query: Query, into report: Report) {
        let band = GuardBand(query, largestKeyNorm: store.largestKeyNorm)
        if scans(band) { return scan.report(query, into: report) }
        let scale = Float(1 / Double(store.dimension).squareRoot())
        eachChunk(query, band, report.scratch, &report.work) { report.append($0, scale: scale) }
    }

    public func aggregate(_ query: Query, weight: Weight, into sum: Aggregate) {
        let band = GuardBand(query, largestKeyNorm: store.largestKeyNorm)
        if scans(band) { return scan.aggregate(query, weight: weight, into: sum) }
        guard let values = store.kernelRows.values else { return }
        let before = sum.count
        var work = Work()
        eachChunk(query, band, sum.scratch, &work) {
            sum.addListed(
                $0, weight: weight, dimension: store.dimension, values: values, stride: store.valueDimension)
        }
        work.bytesRead += (sum.count - before) * store.valueDimension * MemoryLayout<Float>.size
        sum.work += work
    }

    public func stepPart(in memory: StepMemory) -> ck_step_part? {
        guard let rowKeys = store.kernelRows.keys, let values = store.kernelRows.values else { return nil }
        let part = ck_step_prefix(
            boxed: boxed.stepPart(in: memory), axes: axes.base, mean: axes.base + keys.prefix * store.dimension,
            mean_norm: meanNorm,
            rename: ck_step_rename(positions: boxed.positions.base, first_row: UInt32(rows.lowerBound)), keys: rowKeys,
            values: values)
        return ck_step_part(add: ck_step_add_prefix, part: memory.keep(part))
    }

    private var meanNorm: Double { keys.principal.mean.reduce(0.0) { $0 + $1 * $1 }.squareRoot() }

    private func scans(_ band: GuardBand) -> Bool {
        band.exact || !(band.norm < Self.largestNorm) || band.threshold == -.infinity
    }

    /// Lists the members of some leaves at a time, by their rows in the store.
    private func eachChunk(
        _ query: Query, _ band: GuardBand, _ scratch: Scratch, _ work: inout Work, _ body: (_ listed: Int) -> Void
    ) {
        guard let rowKeys = store.kernelRows.keys else { return }
        let d = store.dimension
        let (components, mean) = keys.shortened(query.vector)
        var view = boxed.view
        let room = scratch.boxes(leaves: view.leaves, nodes: view.nodes)
        let norm = components.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() * (1 + 0x1p-40)
        // Components are rounded to float32, as are sums over rows.
        let slack = 4 * band.slack + PrefixKeys.rounding * band.norm * (store.largestKeyNorm + meanNorm)
        ck_boxes_prepare(&view, components, norm, band.threshold - mean - slack, room.query)
        let q = scratch.padded(query.vector)
        let nodes = ck_boxes_nodes(&view, room.query, room.nodes, room.nodeDots)
        // A leaf wholly inside is inside by its bound, not by its keys' dot products: its keys are tested as all are.
        var whole = 0
        let leaves = ck_boxes_leaves(
            &view, room.query, room.nodes, room.nodeDots, nodes, room.leaves, room.leasts, &whole)
        scratch.reserve(min(leaves, Self.chunk) * BoxedKeys.leafKeys)
        let positions = boxed.positions.base
        var candidates = 0
        for first in stride(from: 0, to: leaves, by: Self.chunk) {
            var listed = ck_boxes_keys(
                &view, room.query, room.leaves + first, room.leasts + first, min(Self.chunk, leaves - first),
                scratch.ids)
            candidates += listed
            for i in 0..<listed { scratch.ids[i] = positions[Int(scratch.ids[i])] + UInt32(rows.lowerBound) }
            listed = ck_filter_rows(rowKeys, d, d, q, band.lower, scratch.ids, scratch.dots, listed)
            var tested = 0
            listed = ck_resolve(
                rowKeys, d, d, q, query.threshold, band.upper, scratch.ids, scratch.dots, listed, &tested)
            if listed > 0 { body(listed) }
        }
        work.visited += view.nodes + nodes * BoxedKeys.nodeLeaves
        work.pruned += view.nodes - nodes + nodes * BoxedKeys.nodeLeaves - leaves
        work.candidates += candidates
        work.bytesRead +=
            view.nodes * (2 * view.d + 1) * 4 + nodes * view.box_bytes + leaves * view.leaf_bytes
            + candidates * d * 4
    }
}

extension IndexKind {
    /// Boxes over the leading principal components and the norm of the rest, for keys of low rank.
    public static let prefix = PrefixIndex.kind
}
