/// The rows that came after the prompt: static blocks of geometric size and a tail that is scanned (Bentley and Saxe,
/// *Decomposable searching problems*, 1980).
///
/// Blocks are built on other threads and taken in a fixed number of rows later, when they are long ready; so an append
/// costs a comparison, and what a query finds where depends on rows, not on the clock.
final class GrowingBlocks {
    /// Builds the index of a block.
    typealias Maker = @Sendable (_ rows: Range<Int>, _ progress: @escaping BuildProgress) throws -> any StaticIndex

    private let store: KeyValueStore
    private let isScan: Bool
    private let make: Maker
    /// The first row after the prompt.
    let start: Int
    /// The rows known: `start ..< end`.
    private(set) var end: Int
    /// Blocks in order of position, without gaps, from `start` on.
    private(set) var blocks: [PreparedIndex] = [] { didSet { tailStart = blocks.last?.rows.upperBound ?? start } }
    /// The first row that no block holds: every append asks.
    private var tailStart: Int
    private var builds: [Build] = []
    /// The count of rows at which something is to be done.
    private var next: Int
    /// Counts the times that blocks came or went.
    private(set) var arrangements = 0
    /// Whether what is due is waited for, so that where a query finds what depends on rows alone, however busy the machine.
    var waitsForBuilds = false
    /// Merges of at least ``largeMerge`` rows taken in.
    private(set) var merges = 0

    private struct Build {
        let rows: Range<Int>
        /// It is taken in when so many rows are known.
        let due: Int
        let work: BackgroundBuild
    }

    /// Rows of the tail that become a block.
    private let blockRows: Int
    private static let patience = 64
    /// A step takes so many beside the prompt's index and the tail.
    static let mostBlocks = StepPlan.mostParts - 2
    /// Merges from this size on are counted and shown.
    static let largeMerge = 4096

    /// Where everything is scanned anyhow (`isScan`) the tail holds all rows and nothing is built.
    init(store: KeyValueStore, start: Int, isScan: Bool, make: @escaping Maker) {
        self.isScan = isScan
        self.store = store
        self.make = make
        self.start = start
        end = start
        tailStart = start
        blockRows = Self.blockRows(floats: store.dimension + store.valueDimension)
        next = isScan ? .max : start + blockRows
        if !isScan { BackgroundBuild.prepare() }
    }

    deinit { for build in builds { build.work.cancel() } }

    /// Where rows are short more of them are scanned as fast, and each append pays less of a block.
    static func blockRows(floats: Int) -> Int { floats <= 2 ? 2048 : floats <= 4 ? 1024 : 512 }

    /// Takes in the rows that the store gained.
    @inline(__always)
    func extend() {
        end = store.count
        if end >= next { rearrange() }
        #if INVARIANTS
            checkInvariants()
        #endif
    }

    /// Forgets the rows from `length` on; returns once no build reads the store.
    func truncate(to length: Int) {
        precondition(length >= start && length <= end, "the prompt's index cannot be cut")
        for build in builds { build.work.cancel() }
        builds = []
        blocks.removeAll { $0.rows.upperBound > length }
        arrangements += 1
        end = length
        next = isScan ? .max : tailStart + blockRows
        #if INVARIANTS
            checkInvariants()
        #endif
    }

    /// Whether a large merge runs beside the stream.
    var isMerging: Bool { builds.contains { $0.rows.count >= Self.largeMerge && !$0.work.isOver } }

    /// Rows that no block holds.
    var tailRows: Range<Int> { tailStart..<end }

    /// Memory of the blocks.
    var bytes: Int { blocks.reduce(0) { $0 + $1.index.bytes } }

    private func rearrange() {
        takeIn()
        startBuilds()
        // What is due and not ready is looked at again a little later.
        next = max(end + Self.patience, nextEvent)
    }

    /// The blocks that are due, where they are ready and leave no gap, in order. One that could not be built leaves its
    /// rows as they are.
    private func takeIn() {
        var waiting: [Build] = []
        for build in builds {
            if waitsForBuilds, build.due <= end { build.work.wait() }
            guard build.due <= end, build.work.isOver, build.rows.lowerBound <= tailStart else {
                waiting.append(build)
                continue
            }
            guard let index = build.work.index else { continue }
            blocks.removeAll { build.rows.contains($0.rows.lowerBound) }
            let place = blocks.firstIndex { $0.rows.lowerBound > build.rows.lowerBound } ?? blocks.count
            blocks.insert(index, at: place)
            arrangements += 1
            if build.rows.count >= Self.largeMerge { merges += 1 }
        }
        builds = waiting
    }

    /// Waits for the builds under way; what is due is taken in as rows arrive.
    func finishBuilds() { for build in builds { build.work.wait() } }

    private func startBuilds() {
        // Rows of the tail that no build has yet.
        var free = max(tailStart, builds.map(\.rows.upperBound).max() ?? start)
        // Where merges fall behind, rows wait in the tail until there is room for their block.
        var room = Self.mostBlocks - blocks.count - builds.count { $0.rows.lowerBound >= tailStart }
        while room > 0, end - free >= blockRows {
            startBuild(free..<free + blockRows)
            free += blockRows
            room -= 1
        }
        // The last blocks, as long as each is no larger than those after it together; a build's blocks are left alone.
        let busy = builds.filter { build in blocks.contains { build.rows.contains($0.rows.lowerBound) } }
        var first = blocks.count
        var total = 0
        while first > 0, !busy.contains(where: { $0.rows.contains(blocks[first - 1].rows.lowerBound) }),
            first == blocks.count || blocks[first - 1].rows.count <= total
        {
            first -= 1
            total += blocks[first].rows.count
        }
        if blocks.count - first >= 2 {
            startBuild(blocks[first].rows.lowerBound..<blocks[blocks.count - 1].rows.upperBound)
        }
    }

    private func startBuild(_ rows: Range<Int>) {
        let make = make
        let work = BackgroundBuild(isLong: rows.count >= Self.largeMerge) { try make(rows, $0) }
        builds.append(Build(rows: rows, due: end + max(blockRows / 2, rows.count / 8), work: work))
    }

    private var nextEvent: Int {
        let free = max(tailStart, builds.map(\.rows.upperBound).max() ?? start)
        return min(free + blockRows, builds.map(\.due).min() ?? Int.max)
    }
}
