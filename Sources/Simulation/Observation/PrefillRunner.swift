import Attention
import Foundation
import HalfSpace
import Measurement
import Synchronization
import Workload

/// Algorithm 2 over the prompt's keys, and naive beside it, on threads of their own: HSR first, then blocked dense
/// attention of the same queries, or of a part of them where all would take too long.
final class PrefillRunner: Sendable {
    private struct State {
        var frame: PrefillFrame
        var version = 0.0
        var isCancelled = false
        /// When progress was shown last.
        var shownAt = -Double.infinity
    }

    private let settings: Settings
    private let mask: PrefillMask
    private let wake: @Sendable () -> Void
    private let state: Mutex<State>

    /// Rows and columns of the picture.
    static let pictureRows = 128
    static let pictureColumns = 256
    /// Query-key pairs times d above which naive computes only a part of the queries.
    private static let wholeNaive = 65_536.0 * 65_536 * 8

    init(settings: Settings, mask: PrefillMask, wake: @escaping @Sendable () -> Void) {
        self.settings = settings
        self.mask = mask
        self.wake = wake
        state = Mutex(
            State(
                frame: PrefillFrame(
                    phase: .building, queries: 0, keys: 0, isCausal: mask == .causal, rows: Self.pictureRows,
                    columns: Self.pictureColumns)))
        do {
            try startThread(named: "halfspace.prefill") { [self] in run() }
        } catch {
            update { $0.phase = .failed("\(error)") }
        }
    }

    /// The state of the run, and a number that changes with it.
    var frame: PrefillFrame { state.withLock { $0.frame } }
    var version: Double { state.withLock { $0.version } }
    var isRunning: Bool { state.withLock { $0.frame.phase == .building || $0.frame.phase == .running } }

    func cancel() { state.withLock { $0.isCancelled = true } }

    private func update(_ change: (inout PrefillFrame) -> Void) {
        state.withLock { state in
            change(&state.frame)
            state.version += 1
        }
        wake()
    }

    private func checkCancelled() throws {
        if state.withLock({ $0.isCancelled }) { throw CancellationError() }
    }

    private func run() {
        do {
            try compute()
            update { $0.phase = .done }
        } catch is CancellationError {
            update { $0.phase = .cancelled }
        } catch {
            update { $0.phase = .failed("\(error)") }
        }
    }

    private func compute() throws {
        let (store, queries, logits) = try makePrompt()
        let (n, d) = (store.count, store.dimension)
        let m = queries.count / d
        update { frame in
            (frame.queries, frame.keys) = (m, n)
        }
        guard m > 0, n > 0 else { return }
        let found = try Prefill.run(
            request(queries, logits, pictured: true), store: store, progress: { [self] in try note($0) })
        update { frame in
            frame.done = m
            (frame.initSeconds, frame.hsrSeconds) = (found.initSeconds, found.seconds)
            frame.method = found.method.rawValue
            frame.reason = found.reason
            frame.reported = found.reported?.reduce(0, +) ?? frame.reported
            frame.show(found.matrix, isWhole: true)
        }
        try measureNaive(queries, logits, store: store, against: found)
        try measureAgain(queries, logits, store: store)
    }

    /// What is over in a moment is measured once more both ways, without the picture, and the faster of each counts: the first run
    /// fills the picture, wakes the screen and takes memory that no one had before.
    private func measureAgain(_ queries: [Float], _ logits: SoftmaxLogits, store: KeyValueStore) throws {
        let first = state.withLock { $0.frame }
        guard let naive = first.naiveSeconds, !first.naiveIsEstimated, first.hsrSeconds + naive < Self.moment else {
            return
        }
        var hsr = request(queries, logits, pictured: false)
        hsr.method = .auto
        let found = try Prefill.run(hsr, store: store, progress: { [self] _ in try checkCancelled() })
        let dense = try Prefill.run(
            request(queries, logits, pictured: false), store: store, progress: { [self] _ in try checkCancelled() })
        update { frame in
            if found.seconds < frame.hsrSeconds, found.method.rawValue == frame.method {
                (frame.initSeconds, frame.hsrSeconds) = (found.initSeconds, found.seconds)
            }
            frame.naiveSeconds = min(naive, dense.seconds)
        }
    }

    /// Both ways together, in seconds, below which they are measured twice.
    private static let moment = 2.0

    /// Its own copy of the prompt, since the stream's cache grows meanwhile, and a query for every key.
    private func makePrompt() throws -> (KeyValueStore, [Float], SoftmaxLogits) {
        guard settings.workload != .model else {
            throw SettingsError(
                .usage,
                "a language model reads its prompt by Algorithm 2 before it writes; press w for other keys to prefill")
        }
        let workload = try settings.makeWorkload()
        let (n, d, dv) = (workload.promptLength, workload.dimension, workload.valueDimension)
        try MemoryBudget.check(rows: 2 * n, dimension: d, valueDimension: dv)
        let store = KeyValueStore(dimension: d, valueDimension: dv, capacity: n, format: settings.store)
        try workload.fillPrompt(of: store) { [self] _ in try checkCancelled() }
        let m = min(n, (workload as? TraceWorkload)?.queryCount ?? n)
        var queries: [Float] = []
        queries.reserveCapacity(m * d)
        for i in 0..<m {
            queries += try workload.step(i, sequence: 0).query
            if i % 4096 == 0 { try checkCancelled() }
        }
        let trace = workload as? TraceWorkload
        return (store, queries, SoftmaxLogits(softcap: trace?.softcap, sink: trace?.sinkLogit))
    }

    private func request(_ queries: [Float], _ logits: SoftmaxLogits, pictured: Bool) -> PrefillRequest {
        var request = PrefillRequest(
            queries: queries, activation: settings.activation, threshold: settings.threshold,
            causal: mask == .causal, method: pictured ? .auto : .dense,
            pictureColumns: pictured ? Self.pictureColumns : 0, pictureRows: pictured ? Self.pictureRows : 0)
        request.logits = logits
        return request
    }

    private func note(_ progress: PrefillProgress) throws {
        try show { frame in
            frame.phase = .running
            if progress.stage != "thresholds" { frame.done = progress.rowsDone }
            frame.hsrSeconds = progress.seconds
            frame.show(progress.matrix)
        }
    }

    /// Shows progress, both ways alike: as often as the screen is drawn, so that what is timed has the machine.
    private func show(_ change: (inout PrefillFrame) -> Void) throws {
        let now = MonotonicClock.seconds
        let isShown = try state.withLock { state in
            if state.isCancelled { throw CancellationError() }
            guard now - state.shownAt >= Self.interval else { return false }
            state.shownAt = now
            change(&state.frame)
            state.version += 1
            return true
        }
        if isShown { wake() }
    }

    private static let interval = 1.0 / 30

    /// Naive over the last queries; all of them where that takes seconds. The last see the most keys, so that the time of
    /// all follows from the number of pairs.
    private func measureNaive(
        _ queries: [Float], _ logits: SoftmaxLogits, store: KeyValueStore, against found: PrefillResult
    ) throws {
        let (n, d, dv) = (store.count, store.dimension, store.valueDimension)
        let m = queries.count / d
        let isCausal = mask == .causal
        func pairs(_ last: Int) -> Double {
            Double(last) * (isCausal ? Double(n) - Double(last - 1) / 2 : Double(n))
        }
        let work = pairs(m) * Double(d)
        // Other logits than the scores are weighed in float64, which takes some ten times as long.
        let whole = settings.activation == .softmax && !logits.arePlain ? Self.wholeNaive / 16 : Self.wholeNaive
        let part = work <= whole ? m : max(min(m, 512), Int(held: Double(m) * whole / work))
        let dense = try Prefill.run(
            request(Array(queries.suffix(part * d)), logits, pictured: false), store: store,
            progress: { [self] progress in
                try show { $0.naiveDone = Int(held: Double(progress.rowsDone) / Double(part) * Double(m)) }
            })
        let difference = zip(found.outputs.suffix(part * dv), dense.outputs).reduce(0.0) {
            max($0, abs(Double($1.0) - Double($1.1)))
        }
        update { frame in
            frame.naiveSeconds = dense.seconds * pairs(m) / pairs(part)
            frame.naiveIsEstimated = part < m
            frame.naiveDone = m
            frame.maxAbsError = difference
        }
    }
}

extension PrefillFrame {
    /// Counts of the picture as shares of their blocks' entries; rows not reached stay below 0.
    fileprivate mutating func show(_ matrix: PrefillMatrix?, isWhole: Bool = false) {
        guard let matrix, queries > 0, keys > 0 else { return }
        if matrix.rows != rows || matrix.columns != columns {
            (rows, columns) = (matrix.rows, matrix.columns)
            shares = Array(repeating: -1, count: rows * columns)
        }
        let block = Double(queries) / Double(rows) * Double(keys) / Double(columns)
        for row in 0..<rows {
            let counts = matrix.counts[row * columns..<(row + 1) * columns]
            // Cores take rows as they come, so what has no entry yet may not have been reached.
            let isReached = counts.contains { $0 > 0 } || isWhole
            for column in 0..<columns {
                shares[row * columns + column] =
                    isReached ? Float(Double(counts[counts.startIndex + column]) / block) : -1
            }
        }
        reported = matrix.counts.reduce(0, +)
    }
}
