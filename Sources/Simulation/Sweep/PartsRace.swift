import HalfSpace

/// Runs the counterparts of the paper's Part 1 and Part 2 over the same queries, one after the other, between the steps
/// of the stream.
final class PartsRace {
    private(set) var frame = PartsFrame(parts: [], naive: Spread([]), n: 0, queries: 0, fraction: 0)
    private let settings: Settings
    private let threads: Int
    private let wake: @Sendable () -> Void
    private var waiting: [IndexKind] = [.tree, .net]
    private var trial: Trial?
    private var naive: [Double] = []

    init(settings: Settings, threads: Int, wake: @escaping @Sendable () -> Void) {
        self.settings = settings
        self.threads = threads
        self.wake = wake
    }

    /// Whether both parts were measured, or refused.
    var isDone: Bool { waiting.isEmpty }

    /// Whether the engine's thread should give it time.
    var wantsTime: Bool { trial?.wantsTime ?? false }

    /// Does a little; returns whether anything changed.
    func advance(seconds: Double) -> Bool {
        guard let kind = waiting.first else { return false }
        guard let trial else {
            var settings = settings
            settings.index = .fixed(kind)
            self.trial = Trial(settings: settings, threads: threads, wake: wake)
            return true
        }
        let share = Double(frame.parts.count) / 2
        switch trial.advance(seconds: seconds) {
        case .preparing(let fraction): frame.fraction = share + 0.25 * fraction
        case .measuring(let fraction): frame.fraction = share + 0.25 + 0.25 * fraction
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
        frame.parts.append(part)
        waiting.removeFirst()
        trial = nil
        frame.fraction = waiting.isEmpty ? nil : Double(frame.parts.count) / 2
    }
}
