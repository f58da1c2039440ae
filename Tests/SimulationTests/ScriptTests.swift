import Foundation
import Testing

@testable import Simulation

@Suite struct ScriptTests {
    private func settings(d: Int = 4, offset: Double = 0) -> Settings {
        var settings = Settings()
        settings.n = 600
        settings.d = d
        settings.threshold.offset = offset
        settings.index = .fixed(.brute)
        return settings
    }

    private func run(_ script: Script, on engine: Engine) throws -> Snapshot {
        engine.send(.script(script))
        for _ in 0..<3000 {
            let snapshot = engine.snapshot
            if let position = snapshot.script, position.id == script.id, position.isDone { return snapshot }
            Thread.sleep(forTimeInterval: 0.005)
        }
        throw SettingsError(.usage, "the script did not end")
    }

    private func counts(_ snapshot: Snapshot) -> [Int] { snapshot.history.suffix(4096).map(\.reported) }

    private func picture(_ snapshot: Snapshot) -> [[Float]] {
        snapshot.heat.suffix(512).map { $0.positions.map(Float.init) + $0.weights }
    }

    @Test func theSameScriptGivesTheSameCountsAndPicture() throws {
        let stretches = [
            Script.Stretch(settings: settings(), steps: 12), Script.Stretch(settings: settings(offset: 0.5), steps: 7),
        ]
        let engine = Engine(settings: settings(d: 3))
        engine.send(.pace(.stepsPerSecond(500)))
        let paced = try run(Script(id: 1, stretches: stretches, holds: true), on: engine)
        _ = try run(Script(id: 2, stretches: [.init(settings: settings(d: 2), steps: 9)], holds: true), on: engine)
        let skipped = try run(Script(id: 3, stretches: stretches, skipped: 2, holds: true), on: engine)
        #expect(paced.step == 19 && skipped.step == 19)
        #expect(counts(paced) == counts(skipped))
        #expect(picture(paced) == picture(skipped))
        #expect(paced.history.suffix(8).map(\.isOnTheWay) == Array(repeating: false, count: 8))
        #expect(skipped.history.suffix(8).map(\.isOnTheWay) == Array(repeating: true, count: 8))
    }

    /// A plan that reads everything is left for an index in the middle of the script; the second run finds the index built.
    @Test func anIndexThatThePlannerWantsOnTheWayDoesNotBeginTheStreamAnew() throws {
        func settings(offset: Double) -> Settings {
            var settings = Settings()
            settings.workload = .gaussian
            (settings.n, settings.d) = (20_000, 3)
            settings.threshold.offset = offset
            return settings
        }
        let stretches = [
            Script.Stretch(settings: settings(offset: -3), steps: 12),
            Script.Stretch(settings: settings(offset: 1), steps: 9),
        ]
        let engine = Engine(settings: settings(offset: -3))
        engine.send(.pace(.full))
        let first = try run(Script(id: 1, stretches: stretches, holds: true), on: engine)
        #expect(first.history.suffix(21).map(\.index).first == .brute)
        #expect(first.statistics?.kind != .brute)
        let again = try run(Script(id: 2, stretches: stretches, skipped: 1, holds: true), on: engine)
        #expect(first.step == 21 && first.n == 20_021)
        #expect(again.step == 21 && again.history.suffix(21).allSatisfy { $0.index != .brute })
        #expect(first.history.suffix(21).map(\.step) == Array(0..<21))
        #expect(counts(first) == counts(again))
        #expect(picture(first) == picture(again))
    }

    @Test func aConditionEndsItsStretchOnItsStep() throws {
        let engine = Engine(settings: settings())
        let script = Script(
            id: 1,
            stretches: [
                .init(settings: settings(), steps: 100) { $0.step == 4 },
                .init(settings: settings(offset: 1), steps: 3),
                .init(settings: settings(offset: 2), steps: 2) { $0.reported < 0 },
            ], skipped: 1, holds: true)
        engine.send(.pace(.full))
        let snapshot = try run(script, on: engine)
        #expect(snapshot.script?.stretches.map(\.steps) == [5, 3, 2])
        #expect(snapshot.script?.stretches.map(\.isMet) == [true, nil, nil])
        #expect(snapshot.step == 10)
        #expect(snapshot.history.appended - (snapshot.script?.firstRecord ?? 0) == 5)
        #expect(snapshot.settings.threshold.offset == 2)
    }

    @Test func newSettingsEndIt() throws {
        let engine = Engine(settings: settings())
        engine.send(.pace(.full))
        _ = try run(Script(id: 7, stretches: [.init(settings: settings(), steps: 3)]), on: engine)
        engine.send(.set(settings(offset: 1)))
        for _ in 0..<1000 where engine.snapshot.script != nil { Thread.sleep(forTimeInterval: 0.005) }
        #expect(engine.snapshot.script == nil)
    }

    @Test func aPausedEngineStillGoesToThePlaceWanted() throws {
        let engine = Engine(settings: settings())
        engine.send(.pause(true))
        let script = Script(id: 1, stretches: [.init(settings: settings(), steps: 20)], skipped: 1)
        #expect(try run(script, on: engine).step == 20)
    }
}

@Suite struct SoftmaxBoundTests {
    @Test func theErrorStaysBelowBothBounds() throws {
        var settings = Settings()
        settings.n = 500
        settings.activation = .softmax
        settings.threshold = .init(rule: .count, budget: .keys(40))
        let session = try DecodeSession(settings: settings)
        for _ in 0..<20 {
            let record = try session.decode().record
            let error = try #require(record.maxAbsError)
            let (mass, certificate) = (try #require(record.massBound), try #require(record.certificate))
            #expect(error > 0 && error <= mass && mass <= certificate)
        }
    }
}
