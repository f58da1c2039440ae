import Evaluation
import Synchronization
import Workload

#if canImport(Glibc)
    import Glibc
#endif

/// Measures the heads of a trace, one after another, on a thread of its own that leaves the others their time.
final class HeadsRunner: Sendable {
    /// Which heads: those of a file, as it is read.
    struct Trace: Sendable, Equatable {
        var path: String
        var options: TraceOptions
    }

    private struct State {
        var frame: HeadsFrame
        var version = 0
        var isCancelled = false
    }

    let trace: Trace
    private let first: HeadSurvey.Place?
    private let wake: @Sendable () -> Void
    private let state: Mutex<State>

    /// Queries measured of each head: enough for a median, few enough that a file of many heads is done soon.
    static let queries = 32

    /// Starts at once.
    /// - Parameters:
    ///   - first: the head that is measured before the others.
    ///   - known: figures of the same trace that were measured before.
    init(
        _ trace: Trace, first: HeadSurvey.Place?, known: [HeadSurvey.Place: HeadFigures] = [:],
        wake: @escaping @Sendable () -> Void
    ) {
        (self.trace, self.first, self.wake) = (trace, first, wake)
        var frame = HeadsFrame(queries: Self.queries)
        frame.figures = known
        state = Mutex(State(frame: frame))
        do {
            try startThread(named: "halfspace.heads") { [self] in run() }
        } catch {
            update { $0.phase = .failed("\(error)") }
        }
    }

    /// The state of the run, and a number that changes with it.
    var frame: HeadsFrame { state.withLock { $0.frame } }
    var version: Int { state.withLock { $0.version } }
    var isRunning: Bool { state.withLock { $0.frame.phase == .measuring } }

    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            if state.frame.phase == .measuring { state.frame.phase = .cancelled }
        }
    }

    private func update(_ change: (inout HeadsFrame) -> Void) {
        state.withLock { state in
            change(&state.frame)
            state.version += 1
        }
        wake()
    }

    private func run() {
        #if canImport(Glibc)
            // Of this thread alone, as Linux has it: the stream's times count, these figures have none.
            _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10)
        #endif
        do {
            try measure()
            update { ($0.phase, $0.share) = (.done, 1) }
        } catch is CancellationError {
            update { $0.phase = .cancelled }
        } catch {
            update { $0.phase = .failed("\(error)") }
        }
    }

    private func measure() throws {
        let contents = try TraceContents(path: trace.path, options: trace.options)
        update { $0.layers = contents.layers.map { HeadLayer(number: $0.number, heads: $0.heads) } }
        var study = HeadStudy()
        study.queries = Self.queries
        let survey = HeadSurvey(study: study)
        let all = try survey.places(in: contents)
        let known = frame.figures
        var waiting = all.filter { known[$0] == nil }
        if let at = waiting.firstIndex(where: { $0 == first }) { waiting.insert(waiting.remove(at: at), at: 0) }
        for (number, place) in waiting.enumerated() {
            if let layer = contents.layers.first(where: { $0.number == place.layer }) {
                try MemoryBudget.check(
                    rows: layer.keys, dimension: layer.dimension, valueDimension: layer.valueDimension)
            }
            let done = all.count - waiting.count + number
            let figures = try survey.measure(place, contents) { part in
                let isCancelled = state.withLock { state in
                    state.frame.share = (Double(done) + part) / Double(all.count)
                    state.version += 1
                    return state.isCancelled
                }
                if isCancelled { throw CancellationError() }
                wake()
            }
            update { $0.figures[place] = figures }
        }
    }
}
