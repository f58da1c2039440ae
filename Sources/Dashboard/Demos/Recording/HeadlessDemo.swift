import Foundation
import Screen
import Simulation

/// A demo played without a screen: into a recording, or as one picture a chapter.
public struct HeadlessDemo {
    let demo: Demo
    let state: DashboardState

    /// - Parameters:
    ///   - demo: What is played.
    ///   - state: The size, the themes and what the screen can show.
    public init(_ demo: Demo, state: DashboardState) {
        self.demo = demo
        self.state = state
    }

    /// Seconds between the pictures of a recording at most.
    private static let interval = 0.05
    /// Seconds that a step in slow motion or a prefill takes at most.
    private static let longestTelling = 30

    /// Plays it once from a chapter to the end; its time is told by its steps and stays, not by this machine.
    /// - Throws: ``CannotWrite``, at the picture for which there was no room.
    public func record(to file: CastFile, from chapter: Int, speed: Double, theme: String?) throws(CannotWrite) {
        let clock = ToldClock()
        let engine = SteppedEngine(settings: demo.chapters[0].start.settings)
        let screen = NoDisplay(width: state.width, height: state.height) { seconds in
            let step = min(Self.interval, max(seconds ?? Self.interval, 0.001))
            clock.seconds += step
            engine.advance(by: step)
        }
        let display = RecordedDisplay(screen, file: file, clock: clock)
        var state = state
        state.demo = DemoPlayer(demo: demo, mode: .once, chapter: chapter, speed: speed, theme: theme)
        let loop = DashboardLoop(
            state: state, display: display, engine: engine, clock: clock,
            sources: [RecordingWatch(file) { _ in .quit }])
        loop.run { display.note($0) }
        if let failure = file.failure { throw failure }
    }

    /// The picture at the end of each chapter, or of some.
    public func pictures(
        theme: String?, chapters: Range<Int>? = nil
    ) -> [(chapter: Demo.Chapter, picture: Buffer, theme: Theme)] {
        let engine = SteppedEngine(settings: demo.chapters[0].start.settings)
        let renderer = Renderer()
        return (chapters ?? demo.chapters.indices).map { chapter in
            var state = state
            var player = DemoPlayer(demo: demo, mode: .once, chapter: chapter, theme: theme)
            player.place.caption = player.chapter.captions.count - 1
            player.scriptID = chapter * 1000
            state.demo = player
            var effects = update(&state, .tick(0))
            // What the picture asks for once it is there, a prefill, is waited for as well.
            for _ in 0..<2 {
                let commands = effects.compactMap { if case .engine(let command) = $0 { command } else { nil } }
                if commands.isEmpty { break }
                for command in commands { engine.send(command) }
                engine.finish()
                effects = update(&state, .received(engine.snapshot))
            }
            // What is told slowly is told to its end; nobody turns a page meanwhile.
            for second in 1...Self.longestTelling { _ = updateDashboard(&state, .tick(Double(second))) }
            state.toasts.removeAll()
            state.heatmap.glide = nil
            return (demo.chapters[chapter], renderer.render(state), state.theme)
        }
    }
}

/// A clock that is told the time.
final class ToldClock: TimeSource {
    var seconds = 0.0
}

/// Nothing to see: a size, and time that passes.
final class NoDisplay: Display {
    let width, height: Int
    private let pass: (Double?) -> Void

    init(width: Int, height: Int, pass: @escaping (Double?) -> Void) {
        (self.width, self.height, self.pass) = (width, height, pass)
    }

    func draw(_: Buffer) {}
    func events(within seconds: Double?) -> [InputEvent] {
        pass(seconds)
        return []
    }
    func invalidate() {}
    func setMouse(_: Bool) {}
    func suspend() {}
}
