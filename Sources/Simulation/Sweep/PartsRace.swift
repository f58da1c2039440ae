import HalfSpace

/// Runs the counterparts of the paper's Part 1 and Part 2, and the index in use where it is another, over the same
/// queries, one after the other, between the steps of the stream.
final class PartsRace {
    private(set) var frame = PartsFrame(parts: [], naive: Spread([]), n: 0, queries: 0, fraction: 0)
    private let settings: Settings
    private let threads: Int
    private let wake: @Sendable () -> Void
    private var waiting: [IndexKind]
    private let count: Int
    private var trial: Trial?
    private var naive: [Double] = []

    /// The counterparts.
    private static let parts: [IndexKind] = [.tree, .net]

    init(settings: Settings, inUse: IndexKind, threads: Int, wake: @escaping @Sendable () -> Void) {
        waiting = Self.parts + (Self.parts.contains(inUse) ? [] : [inUse])
        count = waiting.count
        self.settings = settings
        self.threads = threads
        self.wake = wake
    }

    /// Whether all were measured, or refused.
    var isDone: Bool { waiting.isEmpty }

    /// Whether the engine's thread should give it time: to measure, or to begin the next one.
    var wantsTime: Bool { trial?.wantsTime ?? !waiting.isEmpty }

    /// Does a little; returns whether anything changed.
    func advance(seconds: Double) -> Bool {
        guard let kind = waiting.first else { return false }
        guard let trial else {
            var settings = settings
            settings.index = .fixed(kind)
            self.trial = Trial(settings: settings, threads: threads, wake: wake)
            return true
        }
        let share = 1 - Double(waiting.count) / Double(count)
        let (half, whole) = (0.5 / Double(count), 1 / Double(count))
        switch trial.advance(seconds: seconds) {
        case .preparing(let fraction): frame.fraction = share + half * fraction
        case .measuring(let fraction): frame.fraction = share + whole - half + half * fraction
        case .done(let result): close(kind, result)
        case .failed(let sentence): close(PartsFrame.Part(kind: kind, refusal: sentence))
        }
        return true
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
        if Self.parts.contains(part.kind) { frame.parts.append(part) } else { frame.inUse = part }
        waiting.removeFirst()
        trial = nil
        frame.fraction = waiting.isEmpty ? nil : 1 - Double(waiting.count) / Double(count)
    }
}
