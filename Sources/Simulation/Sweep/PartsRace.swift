import HalfSpace
import Measurement

/// Runs the counterparts of the paper's Part 1 and Part 2, and the index in use where it is another, over the same
/// queries between the steps of the stream.
///
/// All are built first, and then they take their steps in turn: what slows the machine for a while slows all of them.
/// Where there is no memory for all at once they run one after the other.
final class PartsRace {
    private(set) var frame = PartsFrame(parts: [], naive: Spread([]), n: 0, queries: 0, fraction: 0)
    private let settings: Settings
    private let threads: Int?
    private let wake: @Sendable () -> Void
    private let kinds: [IndexKind]
    /// Not begun yet, being built, and built.
    private var waiting: [IndexKind]
    private var building: Trial?
    private var runners: [(kind: IndexKind, trial: Trial)] = []
    private var turn = 0
    /// What came of each, measured or refused.
    private var found: [IndexKind: PartsFrame.Part] = [:]
    private var naive: [Double] = []

    /// The counterparts.
    private static let parts: [IndexKind] = [.tree, .net]

    init(settings: Settings, inUse: IndexKind, threads: Int?, wake: @escaping @Sendable () -> Void) {
        kinds = Self.parts + (Self.parts.contains(inUse) ? [] : [inUse])
        waiting = kinds
        self.settings = settings
        self.threads = threads
        self.wake = wake
    }

    /// Whether all were measured, or refused.
    var isDone: Bool { found.count == kinds.count }

    /// Whether the engine's thread should give it time: to measure, or to begin the next one.
    var wantsTime: Bool { !isDone && (building?.wantsTime ?? true) }

    /// Does a little; returns whether anything changed.
    func advance(seconds: Double) -> Bool {
        guard !isDone else { return false }
        if let building { return take(building, waiting[0]) }
        guard waiting.isEmpty || runners.first.map({ !$0.trial.leavesRoom(for: kinds.count) }) == true else {
            var settings = settings
            settings.index = .fixed(waiting[0])
            building = Trial(settings: settings, threads: threads, wake: wake)
            return true
        }
        measure(seconds: seconds)
        return true
    }

    /// Takes one that is built among those that run.
    private func take(_ trial: Trial, _ kind: IndexKind) -> Bool {
        switch trial.advance(seconds: 0) {
        case .preparing(let fraction):
            frame.fraction = (Double(kinds.count - waiting.count) + fraction) / Double(2 * kinds.count)
            return true
        case .measuring, .done: runners.append((kind, trial))
        case .failed(let sentence): close(PartsFrame.Part(kind: kind, refusal: sentence))
        }
        building = nil
        waiting.removeFirst()
        return true
    }

    /// A step of each in turn.
    private func measure(seconds: Double) {
        let deadline = MonotonicClock.seconds + seconds
        repeat {
            turn = (turn + 1) % runners.count
            let runner = runners[turn]
            switch runner.trial.advance(seconds: 0) {
            case .preparing: break
            case .measuring(let fraction): frame.fraction = 0.5 + 0.5 * fraction
            case .done(let result):
                close(runner.kind, result)
                runners.remove(at: turn)
            case .failed(let sentence):
                close(PartsFrame.Part(kind: runner.kind, refusal: sentence))
                runners.remove(at: turn)
            }
        } while !runners.isEmpty && MonotonicClock.seconds < deadline
    }

    private func close(_ kind: IndexKind, _ result: Trial.Result) {
        let query = Spread(result.records.map(\.hsrSeconds))
        let dense = result.records.compactMap(\.naiveSeconds)
        let gain = Spread(dense).median - query.median
        naive += dense
        frame.naive = Spread(naive)
        frame.n = result.promptLength
        frame.queries = result.records.count
        close(
            PartsFrame.Part(
                kind: kind, initSeconds: result.initSeconds, bytes: result.bytes, query: query,
                breakEven: gain > 0 ? result.initSeconds / gain : nil))
    }

    private func close(_ part: PartsFrame.Part) {
        found[part.kind] = part
        frame.parts = Self.parts.compactMap { found[$0] }
        frame.inUse = kinds.dropFirst(Self.parts.count).first.flatMap { found[$0] }
        if isDone { frame.fraction = nil }
    }
}
