import Assets
import Evaluation
import Foundation
import TemporaryFiles
import Testing
import Workload

@testable import Simulation

/// The figures of heads beside a running engine.
@Suite struct HeadsRunnerTests {
    private func wait(_ seconds: Double = 120, until isDone: () -> Bool) {
        let end = Date().addingTimeInterval(seconds)
        while !isDone(), Date() < end { Thread.sleep(forTimeInterval: 0.01) }
    }

    private var trace: Settings {
        var settings = Settings()
        settings.workload = .trace
        settings.tracePath = Assets.traces.appendingPathComponent("smollm2-holmes-4096.safetensors").path
        return settings
    }

    @Test func aWatchedTraceIsMeasuredAndLeavesTheStreamAlone() throws {
        let engine = Engine(settings: trace)
        engine.send(.watch(.heads))
        wait { engine.snapshot.survey?.phase == .done }
        let snapshot = engine.snapshot
        let survey = try #require(snapshot.survey)
        #expect(survey.phase == .done && survey.share == 1 && survey.figures.count == 3)
        #expect(survey.layers == [.init(number: 12, heads: 3)] && snapshot.layers == survey.layers)
        #expect(snapshot.step > 0, "the stream went on meanwhile")
        // The same as the command line's.
        var study = HeadStudy()
        study.queries = HeadsRunner.queries
        let contents = try TraceContents(path: try #require(trace.tracePath))
        let expected = try HeadSurvey(study: study).measure(.init(layer: 12, head: 2), contents) { _ in }
        #expect(survey.figures[.init(layer: 12, head: 2)] == expected)
        // Another head of the same file is measured already.
        engine.send(.set(trace.choosing(head: 2, of: snapshot.layers)))
        wait { engine.snapshot.caption?.contains("head 2") == true }
        #expect(engine.snapshot.survey?.phase == .done && engine.snapshot.settings.head == 2)
        engine.send(.stop)
    }

    @Test func leavingTheViewEndsItAndComingBackGoesOn() {
        let engine = Engine(settings: trace)
        engine.send(.watch(.heads))
        wait { (engine.snapshot.survey?.figures.count ?? 0) > 0 }
        engine.send(.watch([]))
        wait { engine.snapshot.survey?.phase != .measuring }
        let known = engine.snapshot.survey?.figures.count ?? 0
        engine.send(.watch(.heads))
        wait { engine.snapshot.survey?.phase == .done }
        #expect(known > 0 && engine.snapshot.survey?.figures.count == 3)
        engine.send(.stop)
    }

    @Test func aFileThatIsNoTraceIsRefusedInASentence() throws {
        let file = temporaryFile("trace.safetensors")
        try Data("nothing".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let runner = HeadsRunner(.init(path: file.path, options: .init()), first: nil) {}
        wait { !runner.isRunning }
        guard case .failed(let sentence) = runner.frame.phase else {
            Issue.record("\(runner.frame.phase)")
            return
        }
        #expect(sentence.contains(file.lastPathComponent))
    }

    @Test func headsAreNumberedThroughAllLayers() {
        var settings = trace
        let layers = [HeadLayer(number: 2, heads: 3), .init(number: 5, heads: 1), .init(number: 9, heads: 2)]
        for number in 0..<6 {
            settings = settings.choosing(head: number, of: layers)
            #expect(settings.headNumber(in: layers) == number)
        }
        #expect(settings.layer == 9 && settings.head == 1)
        settings.head = 2
        #expect(settings.headNumber(in: layers) == nil)
        settings.workload = .model
        #expect(settings.headNumber(in: layers) == 2 && settings.choosing(head: 4, of: layers).head == 4)
    }
}
