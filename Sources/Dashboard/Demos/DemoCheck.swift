import Foundation
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
        public var captions = 0
        public var expectations = 0
        public var steps = 0
        /// The longest time from asking for a caption to its picture, data made and steps on the way run: what going
        /// back costs, in seconds. Shown, never checked.
        public var longestWay = 0.0
    }

    let demo: Demo

    public init(_ demo: Demo) { self.demo = demo }

    /// Plays all that is its own; what fails is told and does not end it.
    public func run() -> Outcome {
        var outcome = Outcome()
        let engine = Engine(settings: demo.chapters[0].start.settings)
        engine.send(.pace(.full))
        defer { engine.send(.stop) }
        for (id, place) in demo.places.enumerated() where place.chapter >= demo.included {
            let caption = demo[place]
            outcome.captions += 1
            outcome.expectations += caption.expectations.count + (caption.condition == nil ? 0 : 1)
            func find(_ sentence: String) {
                outcome.findings.append(
                    Finding(
                        chapter: demo.chapters[place.chapter].title, caption: caption.text, line: caption.line,
                        sentence: sentence))
            }
            let asked = ContinuousClock.now
            engine.send(.script(demo.script(to: place, id: id + 1, holds: true)))
            _ = engine.snapshot { Self.isShown($0, id: id + 1) }
            outcome.longestWay = max(outcome.longestWay, Self.seconds(since: asked))
            guard let snapshot = engine.snapshot(once: { Self.isOver($0, id: id + 1) }) else {
                find("the engine made no headway for \(Int(Engine.patience)) seconds")
                continue
            }
            if case .failed(let sentence) = snapshot.phase {
                find(sentence)
                continue
            }
            let records = snapshot.recordsOfScript
            outcome.steps += records.count
            if let condition = caption.condition, snapshot.script?.stretches.last?.isMet != true {
                find("\(condition): did not come true within \(caption.stretches.last?.steps ?? 0) steps")
            }
            for expectation in caption.expectations {
                if let failure = expectation.failure(over: records) { find(failure) }
            }
        }
        return outcome
    }

    private static func isShown(_ snapshot: Snapshot, id: Int) -> Bool {
        guard let position = snapshot.script, position.id == id else { return false }
        if case .failed = snapshot.phase { return true }
        return !position.isSkipping && snapshot.phase == .running
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let elapsed = (ContinuousClock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    }

    private static func isOver(_ snapshot: Snapshot, id: Int) -> Bool {
        guard let position = snapshot.script, position.id == id else { return false }
        if case .failed = snapshot.phase { return true }
        return position.isDone
    }
}

extension Snapshot {
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
        var (generation, since) = (snapshot.generation, Date())
        while true {
            let snapshot = snapshot
            if holds(snapshot) { return snapshot }
            if snapshot.generation != generation { (generation, since) = (snapshot.generation, Date()) }
            if Date().timeIntervalSince(since) > Self.patience { return nil }
            Thread.sleep(forTimeInterval: 0.001)
        }
    }
}
