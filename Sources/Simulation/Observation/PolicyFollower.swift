import Dispatch
import Foundation
import HalfSpace
import Measurement
import Policies
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Lets policies see what the stream sees, step by step, on a thread of its own that leaves the others their time.
///
/// Each key is taken in and each query shown, since some policies learn from every one; the newest is looked at, as often as a
/// quarter of a core allows.
final class PolicyFollower: Sendable {
    /// Where it begins: with the rows that the session holds then.
    struct Start: Sendable {
        var store: KeyValueStore
        /// Rows of the prompt, which stay where they are while the session lives; those that came after it, copied.
        var promptRows: Int
        var laterKeys: [Float]
        var laterValues: [Float]
        var queries: [PromptQuery]
        var room: Int
        /// Keys that the rule in force reports of a step.
        var reported: Int
        var isPooled: Bool
        var seed: UInt64

        var rows: Int { promptRows + laterKeys.count / max(1, store.dimension) }
    }

    /// What a step brought.
    struct Item: Sendable {
        var step: Int
        var query: [Float]
        var key: [Float]?
        var value: [Float]?
        /// The row after the place where the text's last tokens stood before.
        var needle: Int?
    }

    private struct State {
        var frame = PoliciesFrame()
        var version = 0
        var items: [Item] = []
        var isBusy = true
        var isCancelled = false
        var isBehind = false
    }

    private let start: Start
    private let wake: @Sendable () -> Void
    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    /// Steps that may wait; more say that it cannot follow.
    private static let patience = 512
    /// Keys and entries of keys that are followed at most.
    static let mostRows = 1 << 17
    static let mostEntries = 1 << 22
    private static let bins = 1024
    private static let looks = 24
    /// Seconds between looks, and the share of a core that they may take.
    private static let interval = 0.4
    private static let share = 0.25

    init(_ start: Start, wake: @escaping @Sendable () -> Void) {
        (self.start, self.wake) = (start, wake)
        do {
            try startThread(named: "halfspace.policies") { [self] in run() }
        } catch {
            update { $0.phase = .failed("\(error)") }
        }
    }

    /// What is known, and a number that changes with it.
    var frame: PoliciesFrame { state.withLock { $0.frame } }
    var version: Int { state.withLock { $0.version } }
    var isBusy: Bool { state.withLock { $0.isBusy && !$0.isCancelled } }
    /// Whether steps came faster than they could be followed: it is of no use any more.
    var isBehind: Bool { state.withLock { $0.isBehind } }

    func cancel() {
        state.withLock { $0.isCancelled = true }
        signal.signal()
    }

    /// Takes a step to be followed.
    func note(_ item: Item) {
        state.withLock { state in
            state.isBehind = state.isBehind || state.items.count >= Self.patience
            if !state.isBehind { state.items.append(item) }
        }
        signal.signal()
    }

    private func update(_ change: (inout PoliciesFrame) -> Void) {
        state.withLock { state in
            change(&state.frame)
            state.version += 1
        }
        wake()
    }

    private var isCancelled: Bool { state.withLock { $0.isCancelled } }

    private func run() {
        #if canImport(Glibc)
            // Of this thread alone, as Linux has it: the stream's times count, these figures have none.
            _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10)
        #endif
        do {
            try follow()
        } catch is CancellationError {
            return
        } catch {
            update { $0.phase = .failed("\(error)") }
        }
        state.withLock { $0.isBusy = false }
    }

    /// The session's rows once more, with room for those to come.
    private func copy() throws -> KeyValueStore {
        let (d, dv) = (start.store.dimension, start.store.valueDimension)
        let store = KeyValueStore(
            dimension: d, valueDimension: dv, capacity: start.rows + start.room, format: start.store.format)
        let slice = 8192
        for first in stride(from: 0, to: start.promptRows, by: slice) {
            let rows = first..<min(first + slice, start.promptRows)
            try store.append(
                keys: rows.flatMap { Array(start.store.key($0)) }, values: rows.flatMap { Array(start.store.value($0)) }
            )
            if isCancelled { throw CancellationError() }
        }
        try store.append(keys: start.laterKeys, values: start.laterValues)
        return store
    }

    private func follow() throws {
        let store = try copy()
        let budget = try PolicyBudget(bytes: self.budget(over: store))
        let run = try PolicyRun(store: store, queries: start.queries, budget: budget, seed: start.seed) { name in
            if isCancelled { throw CancellationError() }
            update { $0.phase = .building(name) }
        }
        update { frame in
            frame.phase = .running
            (frame.budget, frame.reported) = (budget.bytes, start.reported)
            (frame.asked, frame.isPooled) = (start.queries.count, start.isPooled)
        }
        var history = PolicyHistory(limit: Self.looks)
        while !isCancelled {
            state.withLock { $0.isBusy = !$0.items.isEmpty }
            signal.wait()
            let items = state.withLock { state in
                defer { state.items = [] }
                state.isBusy = !state.items.isEmpty
                return state.items
            }
            guard let last = items.last else { continue }
            let watch = Stopwatch()
            for item in items {
                if isCancelled { return }
                if let key = item.key, let value = item.value { try run.append(key: key, value: value) }
                if item.step != last.step { try run.pass(item.query) }
            }
            let comparison = try run.compare(last.query)
            history.add(comparison)
            let seen = frame(of: comparison, run, history, last)
            update { frame in
                let followed = frame.followed + items.count
                frame = seen
                frame.followed = followed
            }
            state.withLock { $0.isBusy = false }
            Thread.sleep(forTimeInterval: max(Self.interval, watch.seconds * (1 / Self.share - 1)))
        }
    }

    /// What half-space reporting reads for as many keys as the rule in force reports: everybody may read as much.
    private func budget(over store: KeyValueStore) throws -> Int {
        let rows = PolicyBudget(rows: start.reported, of: store)
        let policy = try HalfSpacePolicy(PolicyStart(store: store, queries: start.queries, budget: rows))
        let bytes = try start.queries.suffix(8).enumerated().map { number, query in
            Double(try policy.bytes(keeping: start.reported, PolicyStep(query.vector, store: store, number: number)))
        }
        return bytes.isEmpty ? rows.bytes : Int(held: Samples(bytes).median)
    }

    private func frame(
        of comparison: PolicyComparison, _ run: PolicyRun, _ history: PolicyHistory, _ item: Item
    ) -> PoliciesFrame {
        var frame = PoliciesFrame()
        frame.phase = .running
        (frame.step, frame.n) = (item.step, comparison.n)
        (frame.budget, frame.reported) = (run.budget.bytes, start.reported)
        (frame.asked, frame.looks, frame.isPooled) = (start.queries.count, history.count, start.isPooled)
        frame.cacheBytes = comparison.n * PolicyBudget.rowBytes(run.store)
        frame.needle = item.needle
        frame.bins = min(Self.bins, comparison.n)
        let binned = { (rows: [UInt32]) in Self.bin(rows, of: comparison.n, frame.bins) }
        frame.oracle = binned(comparison.oracle)
        frame.oracleRows = comparison.oracle.count
        frame.rows = comparison.outcomes.map { outcome in
            let read = Set(outcome.rows)
            var row = PoliciesFrame.Row(
                kind: outcome.kind, parameters: run.parameters(of: outcome.kind), read: binned(outcome.rows),
                missed: binned(comparison.oracle.filter { !read.contains($0) }), gone: binned(outcome.gone),
                outcome: PoliciesFrame.Outcome(outcome), median: history.median(of: outcome.kind), note: outcome.note)
            if let needle = item.needle.map(UInt32.init) {
                row.readsNeedle = read.contains(needle)
                row.keepsNeedle = !outcome.gone.contains(needle)
            }
            return row
        }
        return frame
    }

    /// How many of some rows stand in each of so many bins of n positions.
    private static func bin(_ rows: [UInt32], of n: Int, _ bins: Int) -> [UInt32] {
        var counts = Array(repeating: UInt32(0), count: bins)
        for row in rows { counts[Int(row) * bins / n] += 1 }
        return counts
    }
}
