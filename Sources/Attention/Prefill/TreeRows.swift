import CKernels
import Foundation
import HalfSpace
import Measurement

/// Rows with a known b by trees: queries that look the same way descend together, 16 at a time.
///
/// Causal rows are cut into rectangles of queries and keys: the later half of a span sees all keys of its earlier half, and so
/// on within the halves, down to short spans that are computed densely along the diagonal.
final class TreeRows: @unchecked Sendable {
    /// Queries of a row range against keys of a row range that all of them see.
    struct Rectangle {
        var rows: Range<Int>
        var keys: Range<Int>
    }

    private let job: PrefillJob
    private let withMoments: Bool
    private var first: [Prepared] = []
    /// What making ready has taken.
    private(set) var buildingSeconds = 0.0

    /// The longest span of the diagonal.
    let diagonal: Int

    init(job: PrefillJob, diagonal: Int = 1024) {
        self.job = job
        self.diagonal = diagonal
        withMoments = job.activation == .relu(alpha: 1)
    }

    /// What a worker needs.
    final class Scratch {
        let group: QueryLanes
        let block: QueryLanes
        init(job: PrefillJob) {
            group = QueryLanes(width: Int(CK_GROUP_LANES), job: job)
            block = QueryLanes(width: Int(CK_BLOCK_LANES), job: job)
        }
    }

    func makeScratch() -> Scratch { Scratch(job: job) }

    /// Rectangles in rounds whose rectangles share no row, then the diagonal spans.
    func plan() -> (rounds: [[Rectangle]], diagonal: [Range<Int>]) {
        let first = job.visible(0) - 1
        guard job.causal else { return ([[Rectangle(rows: 0..<job.m, keys: 0..<job.n)]], []) }
        // The keys before the first row's own are seen by all rows.
        var rounds: [[Rectangle]] = first > 0 ? [[Rectangle(rows: 0..<job.m, keys: 0..<first)]] : []
        var spans = [0..<job.m]
        while let span = spans.first, span.count > diagonal {
            var round: [Rectangle] = []
            var halves: [Range<Int>] = []
            for span in spans {
                let middle = (span.lowerBound + span.upperBound) / 2
                round.append(Rectangle(rows: middle..<span.upperBound, keys: span.lowerBound + first..<middle + first))
                halves += [span.lowerBound..<middle, middle..<span.upperBound]
            }
            rounds.append(round)
            spans = halves
        }
        return (rounds, spans)
    }

    /// A rectangle made ready: its tree, and its queries in an order in which neighbours look the same way.
    struct Prepared: Sendable {
        let tree: LaneTree
        let order: [UInt32]
        let rows: Range<Int>
        var groups: Int { (rows.count + Int(CK_GROUP_LANES) - 1) / Int(CK_GROUP_LANES) }
    }

    /// Trees and orders of some rectangles, on all workers.
    func prepare(_ rectangles: [Rectangle], _ crew: Crew) throws -> [Prepared] {
        let trees = Slots<LaneTree>(count: rectangles.count)
        let orders = Slots<[UInt32]>(count: rectangles.count)
        try crew.run(
            2 * rectangles.count, scratch: {},
            task: { [self] index, _ in
                let rectangle = rectangles[index / 2]
                if index % 2 == 0 {
                    trees.set(index / 2, LaneTree(job: job, rows: rectangle.keys, withMoments: withMoments))
                } else {
                    orders.set(index / 2, order(rectangle.rows))
                }
            })
        return rectangles.indices.map { Prepared(tree: trees[$0], order: orders[$0], rows: rectangles[$0].rows) }
    }

    /// The first round of the plan made ready, kept for the run.
    func prepareFirst(_ crew: Crew) throws -> Prepared? {
        guard let round = plan().rounds.first, first.isEmpty else { return first.first }
        let watch = Stopwatch()
        first = try prepare(round, crew)
        buildingSeconds = watch.seconds
        return first.first
    }

    /// Directions and relative thresholds, which are what a half-space is.
    private func order(_ rows: Range<Int>) -> [UInt32] {
        let d = job.d
        var points = Array(repeating: Float(0), count: rows.count * (d + 1))
        for (i, row) in rows.enumerated() where job.norms[row] > 0 {
            let scale = 1 / job.norms[row]
            for t in 0..<d { points[i * (d + 1) + t] = Float(Double(job.queries[row * d + t]) * scale) }
            let b = Float(job.thresholds.base[row] * scale)
            points[i * (d + 1) + d] = b.isFinite ? b : 0
        }
        return points.withUnsafeBufferPointer { points in
            points.baseAddress.map {
                MedianOrder.order($0, count: rows.count, dimension: d + 1, leaf: Int(CK_GROUP_LANES))
            } ?? []
        }
    }

    /// Adds a range of groups of a rectangle to its rows.
    func descend(_ prepared: Prepared, groups: Range<Int>, _ scratch: Scratch) {
        let width = Int(CK_GROUP_LANES)
        var tree = prepared.tree.view
        var work = ck_lane_work()
        for group in groups {
            let ids = prepared.order[group * width..<min(prepared.order.count, (group + 1) * width)]
            scratch.group.load(ids.map { prepared.rows.lowerBound + Int($0) }, job: job)
            var view = scratch.group.view(limited: false)
            var sums = scratch.group.sums
            ck_group_descend(&tree, &view, scratch.group.active, job.exponent, &sums, &work)
            scratch.group.flush(to: job)
        }
    }

    /// Adds the keys of a diagonal span that each of its rows sees.
    func addDiagonal(_ span: Range<Int>, _ scratch: Scratch) {
        let offset = job.visible(0) - 1
        let width = Int(CK_BLOCK_LANES)
        var rows = job.rows
        for start in stride(from: span.lowerBound, to: span.upperBound, by: width) {
            let block = start..<min(span.upperBound, start + width)
            scratch.block.load(Array(block), job: job)
            var sums = scratch.block.sums
            var free = scratch.block.view(limited: false)
            ck_block_members(
                &rows, span.lowerBound + offset, block.lowerBound + offset, &free, job.exponent, &sums)
            var limited = scratch.block.view(limited: true)
            ck_block_members(
                &rows, block.lowerBound + offset, block.upperBound + offset, &limited, job.exponent, &sums)
            scratch.block.flush(to: job)
        }
    }

    /// Computes and normalises all rows; returns the seconds that building took.
    func run(_ crew: Crew, done: @escaping @Sendable (_ share: Double) throws -> Void) throws -> Double {
        let (rounds, diagonal) = plan()
        let parts = Double(rounds.count + 1)
        for (number, round) in rounds.enumerated() {
            let watch = Stopwatch()
            let isKept = number == 0 && !first.isEmpty
            let ready = isKept ? first : try prepare(round, crew)
            first = []
            if !isKept { buildingSeconds += watch.seconds }
            let tasks = Self.tasks(ready, groupsPerTask: 16)
            try crew.run(
                tasks.count, scratch: makeScratch,
                task: { index, scratch in
                    self.descend(ready[tasks[index].rectangle], groups: tasks[index].groups, scratch)
                }, done: { try done((Double(number) + Double($0 + 1) / Double(tasks.count)) / parts) })
        }
        try crew.run(
            diagonal.count, scratch: makeScratch,
            task: { index, scratch in self.addDiagonal(diagonal[index], scratch) },
            done: { try done((parts - 1 + Double($0 + 1) / Double(diagonal.count)) / parts) })
        let chunk = 256
        try crew.run(
            (job.m + chunk - 1) / chunk, scratch: {},
            task: { index, _ in
                for row in index * chunk..<min(self.job.m, (index + 1) * chunk) where !self.job.finish(row) {
                    RowSolver(job: self.job).solve(row)
                }
            })
        try done(1)
        return buildingSeconds
    }

    private static func tasks(_ ready: [Prepared], groupsPerTask: Int) -> [(rectangle: Int, groups: Range<Int>)] {
        ready.indices.flatMap { index in
            stride(from: 0, to: ready[index].groups, by: groupsPerTask).map {
                (index, $0..<min(ready[index].groups, $0 + groupsPerTask))
            }
        }
    }
}
