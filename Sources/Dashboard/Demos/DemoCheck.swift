import Foundation
import Measurement
import Simulation

/// A demo run without a screen, caption by caption, as fast as it goes: what it expects against what is.
public struct DemoCheck {
    public struct Finding: Sendable, Equatable {
        public var chapter: String
        public var caption: String
        /// The caption's line in the file.
        public var line: Int?
        public var sentence: String
    }

    /// What a run came to.
    public struct Outcome: Sendable {
        public var findings: [Finding] = []
        /// Claims on times that did not hold on this machine now.
        public var warnings: [Finding] = []
        public var captions = 0
        public var expectations = 0
        public var claims = 0
        public var steps = 0
        /// The longest time from asking for a caption to its picture, data made and steps on the way run: what going
        /// back costs, in seconds. Shown, never checked.
        public var longestWay = 0.0
        /// The caption that it is the way to.
        public var furthest = Demo.Place()
    }

    let demo: Demo
    private let timesMustHold: Bool

    /// How long what is measured beside the stream may make no headway, in seconds.
    private static let patience = 30.0

    /// Runs of a caption until its claims hold, and more places than a demo has: scripts are told apart by their numbers.
    private static let attempts = 3
    private static let manyPlaces = 1_000_000

    /// - Parameters:
    ///   - demo: The talk that is checked.
    ///   - timesMustHold: Whether a claim on times that does not hold is a finding, and not only a warning.
    public init(_ demo: Demo, timesMustHold: Bool = false) {
        self.demo = demo
        self.timesMustHold = timesMustHold
    }

    /// Plays all that is its own forward, then caption by caption back; what fails is told and does not end it.
    public func run() -> Outcome {
        var outcome = Outcome()
        let engine = Engine(settings: demo.chapters[0].start.settings)
        engine.send(.pace(.full))
        defer { engine.send(.stop) }
        let places = demo.places.filter { $0.chapter >= demo.included }
        var pictures: [Demo.Place: Int] = [:]
        for (id, place) in places.enumerated() {
            let caption = demo[place]
            outcome.captions += 1
            outcome.expectations += caption.expectations.count + (caption.condition == nil ? 0 : 1)
            outcome.claims += caption.claims.count
            guard let snapshot = go(to: place, id: id + 1, engine, &outcome) else { continue }
            let records = snapshot.recordsOfScript
            outcome.steps += records.count
            pictures[place] = snapshot.digestOfScript
            if let condition = caption.condition, snapshot.script?.stretches.last?.isMet != true {
                outcome.find(
                    "\(condition): did not come true within \(caption.stretches.last?.steps ?? 0) steps", demo, place)
            }
            for expectation in caption.expectations {
                if let failure = expectation.failure(over: records) { outcome.find(failure, demo, place) }
            }
            var failures = claimFailures(at: place, engine)
            // Times waver on a machine that does something else as well: a claim on them has three runs to come true.
            for attempt in 1..<Self.attempts where failures.contains(where: \.isOfTimes) {
                engine.send(.forgetMeasured)
                guard go(to: place, id: (attempt + 1) * Self.manyPlaces + id, engine, &outcome) != nil else { break }
                failures = claimFailures(at: place, engine)
            }
            for failure in failures {
                outcome.find(
                    failure.sentence, demo, place, line: caption.claimLine,
                    isWarning: failure.isOfTimes && !timesMustHold)
            }
        }
        for (id, place) in places.dropLast().enumerated().reversed() {
            guard let before = pictures[place],
                let snapshot = go(to: place, id: places.count + 1 + id, engine, &outcome)
            else { continue }
            if snapshot.digestOfScript != before {
                outcome.find("going back does not give the sets and the heatmap that going forward gave", demo, place)
            }
        }
        return outcome
    }

    /// Runs a caption; nil where it cannot be run, which is told.
    private func go(to place: Demo.Place, id: Int, _ engine: Engine, _ outcome: inout Outcome) -> Snapshot? {
        let watch = Stopwatch()
        var script = demo.script(to: place, id: id, holds: true)
        script.shownPace = demo[place].look.pace
        engine.send(.script(script))
        _ = engine.snapshot { Self.isShown($0, id: id) }
        let way = watch.seconds
        if way > outcome.longestWay { (outcome.longestWay, outcome.furthest) = (way, place) }
        guard let snapshot = engine.snapshot(once: { Self.isOver($0, id: id) }) else {
            outcome.find("the engine made no headway for \(Int(Engine.patience)) seconds", demo, place)
            return nil
        }
        if case .failed(let sentence) = snapshot.phase {
            outcome.find(sentence, demo, place)
            return nil
        }
        return snapshot
    }

    /// What the screen says against a caption, once it has looked at the steps and measured what the caption claims.
    private func claimFailures(at place: Demo.Place, _ engine: Engine) -> [CaptionScreen.Failure] {
        var screen = CaptionScreen(demo, at: place)
        for command in screen.commands { engine.send(command) }
        // What a prefill left on the screen was another caption's.
        if screen.state.view == .prefill, engine.snapshot.prefill != nil {
            engine.send(.forgetMeasured)
            _ = engine.snapshot { $0.prefill == nil }
        }
        var (headway, since) = (screen.headway, MonotonicClock.seconds)
        var known: Double?
        repeat {
            screen.receive(engine.snapshot)
            for command in screen.commands { engine.send(command) }
            if screen.bearsItsClaims || screen.knowsItsFigures && !screen.measuresBeside { break }
            Thread.sleep(forTimeInterval: 0.01)
            // A slow machine is waited for; what is known and false has no more than the same time to come true.
            let now = MonotonicClock.seconds
            if screen.knowsItsFigures { known = known ?? now }
            if screen.headway != headway { (headway, since) = (screen.headway, now) }
            since = known ?? since
        } while MonotonicClock.seconds - since < Self.patience
        // The next caption is checked alone.
        for command in [Command.watch([]), .sweep(false), .prefill(nil)] { engine.send(command) }
        return screen.failures()
    }

    private static func isShown(_ snapshot: Snapshot, id: Int) -> Bool {
        guard let position = snapshot.script, position.id == id else { return false }
        if case .failed = snapshot.phase { return true }
        return !position.isSkipping && snapshot.phase == .running
    }

    private static func isOver(_ snapshot: Snapshot, id: Int) -> Bool {
        guard let position = snapshot.script, position.id == id else { return false }
        if case .failed = snapshot.phase { return true }
        return position.isDone
    }
}

extension DemoCheck.Outcome {
    fileprivate mutating func find(
        _ sentence: String, _ demo: Demo, _ place: Demo.Place, line: Int? = nil, isWarning: Bool = false
    ) {
        let finding = DemoCheck.Finding(
            chapter: demo.chapters[place.chapter].title, caption: demo[place].text, line: line ?? demo[place].line,
            sentence: sentence)
        if isWarning { warnings.append(finding) } else { findings.append(finding) }
    }
}

extension Snapshot {
    /// What a caption has counted and lit, in one number of this run of the program: the set of each step and every entry
    /// of the heatmap. Not the index's work: where a threshold is searched for, the search begins at the last one found.
    fileprivate var digestOfScript: Int {
        var hasher = Hasher()
        for record in recordsOfScript {
            hasher.combine([record.step, record.n, record.reported])
        }
        for i in 0..<heat.count {
            hasher.combine(heat[i].step)
            hasher.combine(heat[i].positions)
        }
        return hasher.finalize()
    }

    /// The records of a script's steps that were not skipped, oldest first.
    var recordsOfScript: [StepRecord] {
        guard let script else { return [] }
        return history.suffix(max(0, history.appended - script.firstRecord))
    }
}

extension Engine {
    /// The longest time without any change that is waited for, in seconds.
    static let patience = 60.0

    /// The first snapshot that holds; nil where nothing changes for too long.
    func snapshot(once holds: (Snapshot) -> Bool) -> Snapshot? {
        var (generation, since) = (snapshot.generation, MonotonicClock.seconds)
        while true {
            let snapshot = snapshot
            if holds(snapshot) { return snapshot }
            if snapshot.generation != generation { (generation, since) = (snapshot.generation, MonotonicClock.seconds) }
            if MonotonicClock.seconds - since > Self.patience { return nil }
            Thread.sleep(forTimeInterval: 0.001)
        }
    }
}
