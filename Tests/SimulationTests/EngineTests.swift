import Attention
import Foundation
import HalfSpace
import Testing

@testable import Simulation

@Suite struct EngineTests {
    private func settings(n: Int = 500) -> Settings {
        var settings = Settings()
        settings.workload = .gaussian
        settings.n = n
        return settings
    }

    /// The first snapshot that holds; nil if none does in good time.
    private func wait(_ engine: Engine, until holds: (Snapshot) -> Bool) -> Snapshot? {
        for _ in 0..<3000 {
            let snapshot = engine.snapshot
            if holds(snapshot) { return snapshot }
            Thread.sleep(forTimeInterval: 0.01)
        }
        return nil
    }

    @Test func itPreparesThenStreams() throws {
        let engine = Engine(settings: settings())
        engine.send(.pace(.full))
        let snapshot = try #require(wait(engine) { $0.step >= 50 })
        #expect(snapshot.phase == .running)
        #expect(snapshot.history.count >= 50 && !snapshot.heat.isEmpty)
        #expect(snapshot.n == 500 + snapshot.step)
    }

    @Test func pausedItDoesOnlyTheStepsAskedFor() throws {
        let engine = Engine(settings: settings())
        engine.send(.pause(true))
        _ = try #require(wait(engine) { $0.phase == .running && $0.isPaused })
        let before = engine.snapshot.step
        engine.send(.step(3))
        _ = try #require(wait(engine) { $0.step == before + 3 })
        Thread.sleep(forTimeInterval: 0.2)
        #expect(engine.snapshot.step == before + 3)
    }

    @Test func aParameterChangesWithoutARebuildAndLeavesAMark() throws {
        let engine = Engine(settings: settings())
        engine.send(.pace(.full))
        _ = try #require(wait(engine) { $0.step >= 10 })
        var changed = settings()
        changed.activation = .relu(alpha: 2)
        engine.send(.set(changed))
        let marked = try #require(
            wait(engine) { $0.history.suffix(4096).contains { $0.mark == .parameter("ReLU²") } })
        #expect(marked.step > 10 && marked.settings == changed)
    }

    @Test func aSecondChangeCancelsTheFirst() throws {
        let engine = Engine(settings: settings())
        for n in [200_000, 300_000, 400] {
            engine.send(.set(settings(n: n)))
        }
        let snapshot = try #require(wait(engine) { $0.phase == .running && $0.promptLength == 400 })
        #expect(snapshot.settings.n == 400)
    }

    @Test func anotherIndexKeepsTheKeys() throws {
        let engine = Engine(settings: settings())
        _ = try #require(wait(engine) { $0.step >= 3 })
        let first = engine.snapshot.history[0].reported
        var changed = settings()
        changed.index = .fixed(.brute)
        engine.send(.set(changed))
        let after = try #require(
            wait(engine) { $0.settings == changed && $0.phase == .running && ($0.history.last?.step ?? 9) < 3 })
        #expect(after.history.suffix(3).first { $0.step == 0 }?.reported == first)
    }

    @Test func whatCannotBeServedSaysWhyAndTheNextSettingsGoOn() throws {
        var missing = settings()
        missing.workload = .trace
        missing.tracePath = "/nowhere/at/all.safetensors"
        let engine = Engine(settings: missing)
        let failed = try #require(
            wait(engine) { if case .failed = $0.phase { true } else { false } })
        guard case .failed(let sentence) = failed.phase else { return }
        #expect(sentence.contains("/nowhere/at/all.safetensors"))
        engine.send(.set(settings()))
        #expect(wait(engine) { $0.phase == .running } != nil)
    }

    @Test func restartBeginsTheSameStepsAgain() throws {
        let engine = Engine(settings: settings())
        engine.send(.pause(true))
        // A step may have been done before the pause arrived.
        _ = try #require(wait(engine) { $0.phase == .running && $0.isPaused })
        engine.send(.restart)
        engine.send(.step(20))
        let first = try #require(wait(engine) { $0.step == 20 }).history.suffix(20).map(\.reported)
        engine.send(.restart)
        engine.send(.step(20))
        let again = try #require(wait(engine) { $0.step == 20 && $0.history.count == 20 }).history.suffix(20)
        #expect(again.map(\.reported) == first)
        #expect(again.map(\.step) == Array(0..<20))
    }

    @Test func aSweepMeasuresBetweenTheSteps() throws {
        let engine = Engine(settings: settings())
        engine.send(.sweep(true))
        let snapshot = try #require(wait(engine) { ($0.sweep.curves.last?.points.count ?? 0) >= 2 })
        #expect(snapshot.sweep.curves.last?.points.prefix(2).map(\.n) == [256, 512])
        engine.send(.sweep(false))
        let still = try #require(wait(engine) { !$0.sweep.isRunning })
        let points = still.sweep.curves.last?.points.count ?? 0
        engine.send(.sweep(true))
        #expect(wait(engine) { ($0.sweep.curves.last?.points.count ?? 0) > points } != nil)
        #expect(engine.snapshot.step > 0)
    }

    @Test func theTwoPartsAreRacedWhileAViewWantsThem() throws {
        let engine = Engine(settings: settings())
        engine.send(.watch(.parts))
        let snapshot = try #require(wait(engine) { $0.parts.map { $0.fraction == nil } ?? false })
        let parts = try #require(snapshot.parts).parts
        #expect(parts.map(\.kind) == [.tree, .net])
        #expect(parts.allSatisfy { $0.refusal != nil || $0.query.median > 0 })
        #expect(!snapshot.plannerLog.isEmpty)
        // All took the same number of steps over the same queries, and are measured again only when told to.
        #expect(snapshot.parts?.queries == 40)
        engine.send(.forgetMeasured)
        #expect(wait(engine) { $0.parts.map { $0.fraction != nil } ?? true } != nil)
        #expect(wait(engine) { $0.parts.map { $0.fraction == nil } ?? false } != nil)
    }
}
