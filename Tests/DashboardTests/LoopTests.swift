import Screen
import Simulation
import Testing

@testable import Dashboard

@Suite struct LoopTests {
    /// A screen that keeps its pictures and types a script, one batch a wait.
    final class Script: Display {
        var width = 80
        var height = 24
        var batches: [[InputEvent]]
        var pictures: [Buffer] = []
        var waits: [Double?] = []
        let clock: HandClock
        init(_ batches: [[InputEvent]], clock: HandClock) {
            self.batches = batches
            self.clock = clock
        }
        func draw(_ buffer: Buffer) { pictures.append(buffer) }
        func events(within seconds: Double?) -> [InputEvent] {
            waits.append(seconds)
            clock.seconds += 0.01
            return batches.isEmpty ? [.closed] : batches.removeFirst()
        }
        func invalidate() {}
        func suspend() {}
        func setMouse(_ isOn: Bool) {}
    }

    final class HandClock: TimeSource { var seconds = 0.0 }

    final class StillEngine: EngineLink {
        var snapshot = Fixture.snapshot(steps: 40, n: 1024)
        var commands: [Command] = []
        func send(_ command: Command) { commands.append(command) }
    }

    private func run(_ batches: [[InputEvent]]) -> (Script, StillEngine, DashboardLoop) {
        let clock = HandClock()
        let display = Script(batches, clock: clock)
        let engine = StillEngine()
        let loop = DashboardLoop(
            state: DashboardState(themes: [Fixture.theme]), display: display, engine: engine, clock: clock)
        loop.run()
        return (display, engine, loop)
    }

    @Test func drawsOnceWhereNothingChanges() {
        let (display, engine, _) = run(Array(repeating: [], count: 20))
        #expect(display.pictures.count == 1)
        #expect(engine.commands.isEmpty)
        #expect(display.pictures[0].plainText.contains("HSR"))
    }

    @Test func atMostThirtyFramesASecond() {
        // A key every hundredth of a second for a second.
        let (display, _, _) = run(Array(repeating: [.key(.character("u"))], count: 100))
        #expect(display.pictures.count <= 31)
        #expect(display.pictures.count >= 20)
    }

    @Test func quitEndsAtOnce() {
        let (display, _, _) = run([[.key(.character("q"))], [.key(.character("D"))]])
        #expect(display.batches.count == 1)
    }

    @Test func aResizeIsDrawnAtTheNewSize() {
        let (display, _, _) = run([[.resized(width: 60, height: 20)], [], [], [], [], []])
        #expect(display.pictures.last?.width == 60)
        #expect(display.pictures.last?.plainText.contains("needs 80") == true)
    }

    @Test func keysReachTheEngine() {
        let (_, engine, loop) = run([[.key(.character("D")), .key(.character(" "))], []])
        #expect(engine.commands.count == 2)
        #expect(loop.state.settings.d == 6)
        #expect(loop.state.isPaused)
    }
}
