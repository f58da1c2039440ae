import CKernels

/// The parts of an index as the kernels take them, with memory to work in: made anew when blocks come or go, so that a step is
/// one call.
public final class StepPlan {
    /// What the kernels are given; it stays where it is.
    package let step: UnsafeMutablePointer<ck_step>
    private let parts: UnsafeMutablePointer<ck_part>
    /// The rows of the last part, which is scanned.
    private let tail: UnsafeMutablePointer<ck_row_range>
    /// All rows, where they are read as dense attention reads them.
    private let all: UnsafeMutablePointer<ck_row_range>
    /// Parts before the last.
    private var built = 0
    /// All that the kernels are given, side by side.
    private let memory: AlignedBuffer<UInt8>
    private let scores: AlignedBuffer<Float>
    private let near: AlignedBuffer<Float>
    private let ids: AlignedBuffer<UInt32>
    /// Queries that are looked for ahead, and how many there are.
    private let asked: UnsafeMutablePointer<ck_asked>
    private var expected = 0
    private var hasLooked = false
    private let queries: AlignedBuffer<Float>
    private let store: KeyValueStore
    /// Drivers with memory of their own, where the plan is asked beside another of the same index.
    private var own: [PreparedIndex] = []
    /// Which parts of an index it was brought to; see ``ReportingIndex/bring(_:)``.
    var arrangement = 0

    /// Blocks double in size, so there are never so many.
    static let mostParts = Int(CK_MOST_PARTS)

    /// Over rows of the store; there are no parts yet.
    package init(store: KeyValueStore) {
        self.store = store
        let region = MemoryRegion(
            bytes: MemoryRegion.size(1, of: ck_step.self) + MemoryRegion.size(Self.mostParts, of: ck_part.self)
                + 2 * MemoryRegion.size(1, of: ck_row_range.self)
                + MemoryRegion.size(Self.mostLooks, of: ck_asked.self))
        memory = region.owner
        step = region.slab(1).base
        tail = region.slab(1).base
        all = region.slab(1).base
        parts = region.slab(Self.mostParts).base
        asked = region.slab(Self.mostLooks).base
        queries = AlignedBuffer(count: Self.mostLooks * store.dimension)
        for k in 0..<Self.mostLooks { asked[k].query = UnsafePointer(queries.base + k * store.dimension) }
        step.pointee.d = store.dimension
        step.pointee.dv = store.valueDimension
        step.pointee.parts = UnsafePointer(parts)
        tail.pointee.rows = store.kernelRows
        all.pointee.rows = store.kernelRows
        // For all rows that there may ever be, so that no append waits for memory.
        let room = store.capacity + 64 * (Self.mostParts + 1)
        scores = AlignedBuffer(count: room)
        near = AlignedBuffer(count: room)
        ids = AlignedBuffer(count: room)
        (step.pointee.scores, step.pointee.near, step.pointee.ids) = (scores.base, near.base, ids.base)
    }

    /// Takes indexes, kept by the caller until the next are set, and after them the scan of rows that ``move(tail:)`` tells.
    /// - Parameter isDense: ReLU, entmax and softmax over the r largest read all rows as dense attention does.
    func set(_ indexes: [PreparedIndex], isDense: Bool = false) {
        precondition(indexes.count < Self.mostParts)
        for (i, index) in indexes.enumerated() { parts[i] = index.part }
        parts[indexes.count] = ck_part(find: ck_find_scan, index: UnsafeRawPointer(tail), lists_values: 1, traces: 0)
        built = indexes.count
        step.pointee.dense = isDense ? UnsafePointer(all) : nil
    }

    /// Takes the same indexes with drivers of its own, so that it can be asked while another plan is.
    func adopt(_ indexes: [PreparedIndex], isDense: Bool) {
        own = indexes.map { index in own.first { $0.index === index.index } ?? PreparedIndex(index.index) }
        set(own, isDense: isDense)
    }

    /// Reads all of the first rows as dense attention does.
    package func setDense(count: Int) {
        set([], isDense: true)
        move(tail: 0..<count)
    }

    /// The rows of the last part: from where the others end to the end of all.
    @inline(__always)
    package func move(tail range: Range<Int>) {
        tail.pointee.first = range.lowerBound
        tail.pointee.last = range.upperBound
        all.pointee.last = range.upperBound
        // A part of no rows is code to be waited for all the same.
        step.pointee.count = range.isEmpty ? built : built + 1
        step.pointee.key_norm = store.largestKeyNorm
    }

    /// Queries that can be looked for ahead at once.
    package static let mostLooks = Int(CK_MOST_LOOKS)

    /// Whether some part reads its keys once for queries that are looked for ahead.
    package var canLook: Bool { step.pointee.dense == nil && (0..<built).contains { parts[$0].look != nil } }

    /// Takes a query to be looked for ahead, of a step whose threshold is expected to be no lower than b.
    /// - Returns: Its number, from 1 on, for ``asking(_:_:)`` between ``look()`` and ``endLook()``; 0 where ``mostLooks`` are taken.
    package func expect(_ query: [Float], above b: Double) -> Int {
        precondition(query.count == store.dimension)
        guard expected < Self.mostLooks else { return 0 }
        queries.base.advanced(by: expected * store.dimension).update(from: query, count: query.count)
        asked[expected].threshold = b
        expected += 1
        return expected
    }

    /// Looks for the queries that were taken, where there are several.
    package func look() {
        hasLooked = expected > 1
        if hasLooked { ck_step_look(step, asked, expected) }
        expected = 0
    }

    /// Forgets what was looked for: what comes next are other queries.
    package func endLook() { hasLooked = false }

    /// Asks for the query of a number; 0 for one that nobody looks for.
    @inline(__always)
    package func asking<Found>(_ number: Int, _ ask: () -> Found) -> Found {
        step.pointee.looked = hasLooked ? number : 0
        defer { step.pointee.looked = 0 }
        return ask()
    }

    /// Lists the keys of a half-space; false where a driver refuses.
    func list(_ query: Query, trace: Trace? = nil, into report: Report) -> Bool {
        var found = ck_step_result()
        guard ask(query, { ck_step_list(step, $0, query.threshold, trace?.kernel, &found) }) else { return false }
        report.positions.append(contentsOf: UnsafeBufferPointer(start: ids.base, count: found.count))
        report.scores.append(contentsOf: UnsafeBufferPointer(start: scores.base, count: found.count))
        report.work += Work(found.work)
        return true
    }

    /// Counts the keys of a half-space; nil where a driver refuses.
    func count(_ query: Query) -> Int? {
        var found = ck_step_result()
        return ask(query) { ck_step_count(step, $0, query.threshold, &found) } ? found.count : nil
    }

    /// Sums over a half-space; nil where a driver refuses.
    func sum(_ query: Query, weight: Weight) -> Aggregate? {
        var sum = Aggregate(valueDimension: store.valueDimension)
        var found = ck_step_result()
        let (exponent, shift) =
            switch weight {
            case .power(let exponent, let shift): (Int32(clamping: exponent), shift)
            case .exponential(let shift): (Int32(0), shift)
            }
        let isDone = sum.values.withUnsafeMutableBufferPointer { values in
            ask(query) { ck_step_sum(step, $0, query.threshold, exponent, shift, values.baseAddress, &found) }
        }
        guard isDone else { return nil }
        sum.weight = found.weight
        sum.count = found.count
        sum.largestScore = Double(found.largest)
        sum.work = Work(found.work)
        sum.usedMoments = found.used_moments != 0
        return sum
    }

    /// The door to the kernels: they read d floats of the query.
    private func ask(_ query: Query, _ kernel: (UnsafePointer<Float>?) -> Int32) -> Bool {
        precondition(query.vector.count == store.dimension)
        return query.vector.withUnsafeBufferPointer { kernel($0.baseAddress) } != 0
    }
}
