import CKernels

/// Boxes of 32 keys with bounds in 8 bits, codes of 4 bits inside them, and float32 records of what those leave: for the
/// dimensions in which boxes still rule out most keys, but leaves of float32 are too much to read.
public final class BoxesIndex: StaticIndex {
    public static let description = IndexDescription(
        name: "boxes", summary: "boxes of 32 keys with bounds of 8 bits, and codes of 4 bits inside them",
        dimensions: 1...Int(CK_BOXES_MOST),
        search: .groups(
            name: "boxes", areAlike: false,
            reading:
                "This index drops boxes of near keys by their bounds and scores what is left; the Index view counts them."
        ))

    public let rows: Range<Int>
    private let store: KeyValueStore
    private let boxed: BoxedKeys
    private let scan: BruteIndex
    private let scansOnly: Bool

    /// Leaves whose candidates are listed before they are tested: the lists stay in the nearer caches.
    private static let chunk = Int(CK_STEP_LEAVES)

    /// Builds on so many threads.
    public init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws
    {
        self.store = store
        self.rows = rows
        guard store.dimension <= Int(CK_BOXES_MOST) else {
            throw IndexCannotServe(kind: .boxes, reason: "d is above \(CK_BOXES_MOST)")
        }
        scan = try BruteIndex(store: store, rows: rows, progress: { _ in })
        scansOnly = !(store.largestKeyNorm < CK_BOXES_MOST_NORM)
        boxed = try BoxedKeys(
            store: store, rows: scansOnly ? rows.lowerBound..<rows.lowerBound : rows, threads: threads,
            progress: progress)
    }

    public var bytes: Int { boxed.bytes }

    public func report(_ query: Query, into report: Report) {
        let band = GuardBand(query, largestKeyNorm: store.largestKeyNorm)
        if scans(band) { return scan.report(query, into: report) }
        let scale = Float(1 / Double(store.dimension).squareRoot())
        let (ids, positions) = (report.scratch, boxed.positions.base)
        eachChunk(query, band, report.scratch, &report.work) { listed in
            for i in 0..<listed { ids.ids[i] = positions[Int(ids.ids[i])] }
            report.append(listed, scale: scale)
        }
    }

    public func aggregate(_ query: Query, weight: Weight, into sum: Aggregate) {
        let band = GuardBand(query, largestKeyNorm: store.largestKeyNorm)
        if scans(band) { return scan.aggregate(query, weight: weight, into: sum) }
        guard let values = boxed.values else { return }
        var work = Work()
        eachChunk(query, band, sum.scratch, &work) {
            sum.addListed($0, weight: weight, dimension: store.dimension, values: values, stride: boxed.stride)
        }
        sum.work += work
    }

    public func stepPart(in memory: StepMemory) -> ck_step_part? {
        guard !scansOnly else { return nil }
        return ck_step_part(add: ck_step_add_boxes, part: memory.keep(boxed.stepPart(in: memory)))
    }

    private func scans(_ band: GuardBand) -> Bool {
        scansOnly || band.exact || !(band.norm < CK_BOXES_MOST_NORM) || band.threshold == -.infinity
    }

    /// Lists the members of some leaves at a time, by their slots.
    private func eachChunk(
        _ query: Query, _ band: GuardBand, _ scratch: Scratch, _ work: inout Work, _ body: (_ listed: Int) -> Void
    ) {
        guard !rows.isEmpty else { return }
        let (d, stride) = (store.dimension, boxed.stride)
        let q = scratch.padded(query.vector)
        var view = boxed.view
        let room = scratch.boxes(leaves: view.leaves, nodes: view.nodes)
        ck_boxes_prepare(&view, q, band.norm, band.threshold, room.query)
        let nodes = ck_boxes_nodes(&view, room.query, room.nodes, room.nodeDots)
        var whole = 0
        let leaves = ck_boxes_leaves(
            &view, room.query, room.nodes, room.nodeDots, nodes, room.leaves, room.leasts, &whole)
        scratch.reserve(min(leaves, Self.chunk) * BoxedKeys.leafKeys)
        var candidates = 0
        for first in Swift.stride(from: 0, to: leaves, by: Self.chunk) {
            let count = min(Self.chunk, leaves - first)
            var listed = ck_boxes_keys(
                &view, room.query, room.leaves + first, room.leasts + first, count, scratch.ids)
            candidates += listed
            listed = ck_filter_rows(
                view.keys, stride, d, q, band.lower, scratch.ids, scratch.dots, listed)
            var tested = 0
            listed = ck_resolve(
                view.keys, stride, d, q, query.threshold, band.upper, scratch.ids, scratch.dots, listed, &tested)
            if listed > 0 { body(listed) }
        }
        work.visited += view.nodes + nodes * BoxedKeys.nodeLeaves
        work.pruned += view.nodes - nodes + nodes * BoxedKeys.nodeLeaves - leaves
        work.whole += whole
        work.candidates += candidates
        work.bytesRead +=
            view.nodes * (2 * d + 1) * 4 + nodes * view.box_bytes + leaves * view.leaf_bytes + candidates * stride * 4
    }
}

extension IndexKind {
    /// Boxes of 32 keys with bounds in 8 bits, and codes of 4 bits inside them.
    public static let boxes = BoxesIndex.kind
}
