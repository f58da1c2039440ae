import CKernels
import Foundation
import HalfSpace
import Measurement

/// Prefilling: attention of many queries at once, the index built inside (Algorithm 2 of arXiv 2410.10165).
public enum Prefill {
    /// Computes every row on all cores.
    ///
    /// ReLU^α and entmax are what dense attention computes; softmax is over the reported keys, unless everything is computed
    /// densely, which `method` of the result then says.
    /// - Throws: `NonFiniteEntry`, ``PrefillError``, or what `progress` throws (`CancellationError` to stop).
    public static func run(
        _ request: PrefillRequest, store: KeyValueStore,
        progress: @escaping @Sendable (PrefillProgress) throws -> Void = { _ in }
    ) throws -> PrefillResult {
        let run = try PrefillRun(request, store: store, progress: progress)
        return try run.compute()
    }
}

/// One prefill under way.
final class PrefillRun: @unchecked Sendable {
    let request: PrefillRequest
    let store: KeyValueStore
    let crew: Crew
    let m: Int
    private let progress: @Sendable (PrefillProgress) throws -> Void
    private var watch = Stopwatch()
    private var done = PrefillProgress(stage: "thresholds", rowsDone: 0, rows: 0, seconds: 0)

    init(
        _ request: PrefillRequest, store: KeyValueStore,
        progress: @escaping @Sendable (PrefillProgress) throws -> Void
    ) throws {
        let d = store.dimension
        guard request.queries.count % d == 0 else {
            throw PrefillError(description: "queries are rows of \(d) floats; \(request.queries.count) floats are not")
        }
        guard request.threshold.rule != .error else {
            throw PrefillError(
                description:
                    "the error rule chooses a set for one decode step after another; prefill with the count rule")
        }
        _ = try Query(request.queries, threshold: 0)
        let m = request.queries.count / d
        self.m = m
        guard !request.causal || m <= store.count else {
            throw PrefillError(
                description: "causal prefill needs a key for every query: \(m) queries, \(store.count) keys")
        }
        if let given = request.givenThresholds {
            guard given.count == m, !given.contains(where: \.isNaN) else {
                throw PrefillError(description: "thresholds that are given must be \(m) numbers, one a query")
            }
        }
        self.request = request
        self.store = store
        self.progress = progress
        crew = Crew(threads: request.threads)
        done.rows = m
    }

    func compute() throws -> PrefillResult {
        let chosen = try RowThresholds.choose(request, store: store, crew: crew) { [self] in
            done.rowsDone = $0
            try tell("thresholds")
        }
        let ruleSeconds = watch.seconds
        watch = Stopwatch()
        done.rowsDone = 0
        let job = PrefillJob(request, store: store, chosen: chosen)
        if request.pictureColumns > 0, request.pictureRows > 0 {
            // A row of the picture is no thinner than a block of rows.
            let rows = min(request.pictureRows, max(1, m / Int(CK_BLOCK_LANES)))
            picture = PrefillMatrix(rows: rows, columns: request.pictureColumns)
        }
        let ways = PrefillWays(
            job: job, crew: crew, diagonal: request.diagonal, alwaysMeasures: request.alwaysMeasures)
        var (method, reason) = (request.method, "as asked for")
        // Trees need b beforehand.
        if method == .tree, job.needsLists {
            (method, reason) = (
                .codes,
                job.usesLogits
                    ? "softmax over other logits than the scores needs a list"
                    : "rows that find their own threshold need a list"
            )
        }
        if method == .auto { (method, reason) = try PrefillPlan(ways: ways).choose() }
        let initSeconds = try rows(ways, method)
        let seconds = watch.seconds
        done.seconds = seconds
        if method == .dense, job.usesLogits { try weighLogits(job) }
        // Dense rows that would have found their own b have none to count by.
        if method == .tree || method == .dense && !job.findsItsOwn { try drawPicture(job) }
        done.rowsDone = m
        try tell("done")
        return PrefillResult(
            outputs: Array(UnsafeBufferPointer(start: job.sums.base, count: m * job.dv)),
            thresholds: Array(UnsafeBufferPointer(start: job.thresholds.base, count: m)),
            reported: method == .dense ? nil : (0..<m).map { Int(job.reported.base[$0]) },
            normalisers: request.activation.name == "relu"
                ? Array(UnsafeBufferPointer(start: job.weights.base, count: m)) : nil,
            method: method, reason: reason, ruleSeconds: ruleSeconds, initSeconds: initSeconds, seconds: seconds,
            matrix: picture)
    }

    /// All rows by one way; returns the seconds that building took.
    private func rows(_ ways: PrefillWays, _ method: PrefillMethod) throws -> Double {
        let job = ways.job
        // A picture fills from above; naive alone has its longest rows first, which leaves no core waiting at the end.
        let blocks = picture == nil ? DenseRows.blocks(m) : DenseRows.blocks(m).reversed()
        let advance: @Sendable (Range<Int>) throws -> Void = { [self] in
            done.rowsDone += $0.count
            done.seconds = watch.seconds
            try tell("rows")
        }
        let building = Stopwatch()
        switch method {
        case .dense:
            try ways.dense.run(crew, known: ways.done, done: advance)
            return 0
        case .tree:
            return try ways.tree().run(crew) { [self] share in
                done.rowsDone = Int(share * Double(m))
                done.seconds = watch.seconds
                try tell("rows")
            }
        case .codes, .auto:
            if job.needsLists {
                let lists = try ways.lists()
                lists.columns = request.pictureColumns
                let initSeconds = building.seconds
                try crew.run(
                    blocks.count, scratch: lists.makeScratch,
                    task: { [self] index, scratch in
                        try lists.compute(blocks[index], scratch) { draw(blocks[index], keys: $0, entries: $1) }
                    }, done: { try advance(blocks[$0]) })
                return initSeconds
            }
            var codes = try ways.codes()
            codes.columns = request.pictureColumns
            let way = codes
            let initSeconds = building.seconds
            try crew.run(
                blocks.count, scratch: way.makeScratch,
                task: { [self] index, scratch in
                    try way.compute(blocks[index], scratch) { draw(blocks[index], keys: $0, entries: $1) }
                }, done: { try advance(blocks[$0]) })
            return initSeconds
        }
    }

    private func tell(_ stage: String) throws {
        done.stage = stage
        var now = done
        // Other cores count into the picture meanwhile: a copy of it for every block of rows would hold them up.
        if MonotonicClock.seconds - pictureShownAt >= Self.pictureInterval {
            now.matrix = pictureLock.withLock { picture }
            pictureShownAt = MonotonicClock.seconds
        }
        try progress(now)
    }

    /// Dense rows are timed as the kernel computes them, with scores for logits, which is the harder rival; what the model
    /// makes of them follows, outside the timing.
    private func weighLogits(_ job: PrefillJob) throws {
        try crew.run(
            m, scratch: { RowSolver(job: job) },
            task: { row, solver in
                solver.solve(row, everyKey: true)
            }, done: { [self] row in if row % 64 == 0 { try tell("soft cap") } })
    }

    // MARK: The picture

    private let pictureLock = NSLock()
    /// When progress carried the picture last: as often as a screen is drawn is enough.
    private var pictureShownAt = -Double.infinity
    private static let pictureInterval = 1.0 / 40
    /// Written by all cores, under the lock.
    private var picture: PrefillMatrix?

    private func draw(_ rows: Range<Int>, keys: Range<Int>, entries: Int) {
        guard request.pictureColumns > 0, request.pictureRows > 0, entries > 0, store.count > 0 else { return }
        pictureLock.withLock {
            // No copy of the picture is held meanwhile, which would make this write copy it all.
            let place = picture.map {
                rows.lowerBound * $0.rows / m * $0.columns + keys.lowerBound * $0.columns / store.count
            }
            if let place { picture?.counts[place] += entries }
        }
    }

    /// Ways that report without listing are counted once more, outside the timing.
    private func drawPicture(_ job: PrefillJob) throws {
        guard let matrix = picture, store.count > 0 else { return }
        let blocks: [Range<Int>] = DenseRows.blocks(m).reversed()
        let all = done.rowsDone
        try crew.run(
            blocks.count, scratch: { QueryLanes(width: Int(CK_BLOCK_LANES), job: job) },
            task: { [self] index, lanes in
                let block = blocks[index]
                lanes.load(Array(block), job: job)
                var rows = job.rows
                let free = job.visible(block.lowerBound)
                for column in 0..<matrix.columns {
                    let first = column * store.count / matrix.columns
                    let last = min((column + 1) * store.count / matrix.columns, job.visible(block.upperBound - 1))
                    guard first < last else { break }
                    var view = lanes.view(limited: last > free)
                    let before = (0..<block.count).reduce(0) { $0 + lanes.count($1) }
                    ck_block_count(&rows, first, last, &view, lanes.countBase)
                    let entries = (0..<block.count).reduce(0) { $0 + lanes.count($1) } - before
                    draw(block, keys: first..<last, entries: entries)
                }
            },
            done: { [self] _ in
                done.rowsDone = all
                try tell("picture")
            })
    }
}
