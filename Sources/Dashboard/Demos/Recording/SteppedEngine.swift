import Foundation
import Measurement
import Simulation

/// An engine whose time is told: it does the steps that a pace brings in the seconds that are said to pass.
///
/// What the views have measured beside the stream takes the time that it takes: while one asks for it, seconds are real.
final class SteppedEngine: EngineLink {
    private let engine: Engine
    private var rate = 20.0
    private var owed = 0.0
    private var isPaused = false
    private var scriptID: Int?
    private var sweeps = false
    private var prefills = false
    private var details: Details = []

    /// Steps a second that stand for full speed.
    private static let fullSpeed = 240.0
    /// Seconds that a look at a step may take.
    private static let patience = 20.0
    private static let patienceForOrder = 2.0
    /// So slow that no step comes by itself.
    private static let standstill = Pace.stepsPerSecond(1e-6)

    init(settings: Settings) {
        engine = Engine(settings: settings)
        engine.send(.pace(Self.standstill))
    }

    deinit { engine.send(.stop) }

    var snapshot: Snapshot {
        var snapshot = engine.snapshot
        snapshot.stepsPerSecond = rate
        snapshot.isPaused = isPaused
        return snapshot
    }

    func send(_ command: Command) {
        switch command {
        case .pace(.full): rate = Self.fullSpeed
        case .pace(.stepsPerSecond(let pace)): rate = pace
        case .pause(let isPaused): self.isPaused = isPaused
        case .script(let script):
            engine.send(command)
            scriptID = script.id
            // The first step is due at once, as it is at any pace.
            owed = -1
            wait { $0.script?.isSkipping == false && ($0.script?.isDone == true || $0.phase == .running) }
        default:
            if case .sweep(let isOn) = command { sweeps = isOn }
            if case .prefill(let mask) = command { prefills = mask != nil }
            if case .watch(let details) = command { self.details = details }
            engine.send(command)
        }
    }

    /// Lets time pass.
    func advance(by seconds: Double) {
        if measuresBeside { Thread.sleep(forTimeInterval: seconds) }
        guard !isPaused else { return }
        owed += seconds * rate
        let steps = Int(owed)
        guard steps > 0 else { return }
        owed -= Double(steps)
        decode(steps)
    }

    /// All that is left of the script.
    func finish() {
        while let position = engine.snapshot.script, position.id == scriptID, !position.isDone {
            if case .failed = engine.snapshot.phase { return }
            decode(1)
        }
        guard measuresBeside else { return }
        Thread.sleep(forTimeInterval: sweeps ? 20 : prefills ? 5 : 1)
        // The last step of a stream that stands is looked at, so that all panels are about the same one.
        engine.send(.pause(true))
        let watch = Stopwatch()
        while watch.seconds < Self.patience, !hasLooked(engine.snapshot, within: watch.seconds) {
            Thread.sleep(forTimeInterval: 0.02)
        }
        engine.send(.pause(false))
    }

    /// Whether all that is wanted is about the last step, and the columns' order is there: an index that keeps none is soon given up.
    private func hasLooked(_ snapshot: Snapshot, within seconds: Double) -> Bool {
        let hasOrder = !details.contains(.order) || snapshot.order != nil || seconds > Self.patienceForOrder
        return hasOrder && snapshot.looks(details).allSatisfy { $0 == snapshot.history.last?.step }
    }

    private var measuresBeside: Bool { sweeps || prefills || !details.isEmpty }

    private func decode(_ steps: Int) {
        let before = engine.snapshot.history.appended
        engine.send(.step(steps))
        wait { $0.history.appended >= before + steps }
    }

    private func wait(until holds: @escaping (Snapshot) -> Bool) {
        _ = engine.snapshot { snapshot in
            if case .failed = snapshot.phase { return snapshot.script?.id == self.scriptID }
            return snapshot.script?.id == self.scriptID && holds(snapshot)
        }
    }
}
