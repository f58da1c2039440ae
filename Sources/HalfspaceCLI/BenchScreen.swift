import ArgumentParser
import Dashboard
import Foundation
import Screen
import Simulation
import Terminal

/// `halfspace bench screen`: what being watched costs.
struct BenchScreen: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screen",
        abstract: "Measure what drawing costs: a frame of each view, its bytes, and the engine's steps.",
        discussion: """
            Draws thirty frames a second through ncurses into a pipe. cpu is the drawing thread's share of one core. \
            The last line compares the engine's steps a second at full speed with and without a screen, in turn.
            """
    )

    @Option(help: "Columns of the screen.") var width = 200
    @Option(help: "Rows of the screen.") var height = 60
    @Option(help: "auto, truecolor, 256, 8 or none.") var colour: ColourWish = .palette256
    @Option(help: "Seconds for each view.") var seconds = 3.0
    @Option var format: BenchFormat = .table
    @OptionGroup var options: RunOptions

    func validate() throws {
        guard width >= Renderer.least.width, height >= Renderer.least.height, width <= 1000, height <= 1000 else {
            throw ValidationError("--width and --height must be from 80×24 to 1000×1000.")
        }
        guard seconds >= 0.5, seconds <= 600 else { throw ValidationError("--seconds must be from 0.5 to 600.") }
        _ = try options.settings()
    }

    func run() throws {
        try reportingFailure {
            let settings = try options.settings()
            try settings.validate()
            let watched = try WatchedEngine(settings: settings, width: width, height: height, colour: colour.depth)
            let printer = BenchPrinter(format)
            for view in ViewKind.allCases {
                let cost = watched.watch(view, seconds: seconds)
                printer.print([
                    "view": .text(view.title), "width": .int(width), "height": .int(height),
                    "frames": .int(cost.frames), "frame_us": .number(cost.median * 1e6, digits: 1),
                    "p90_us": .number(cost.high * 1e6, digits: 1),
                    "cpu_percent": .number(100 * cost.median * WatchedEngine.framesPerSecond, digits: 2),
                    "bytes_per_frame": .int(cost.bytes / max(1, cost.frames)),
                ])
            }
            let (alone, seen) = watched.raceSteps(seconds: seconds)
            BenchPrinter(format).print([
                "steps_per_s_alone": .number(alone, digits: 0), "steps_per_s_watched": .number(seen, digits: 0),
                "lost_percent": .number(100 * (1 - seen / alone), digits: 2),
            ])
        }
    }
}

/// An engine at full speed and a screen that draws it, both real but for the terminal's far end.
private final class WatchedEngine {
    struct Cost {
        var frames: Int
        var median: Double
        var high: Double
        var bytes: Int
    }

    static let framesPerSecond = 30.0

    private let engine: Engine
    private let terminal: Terminal
    private let renderer = Renderer()
    private let drain: PipeDrain
    private var state: DashboardState

    init(settings: Settings, width: Int, height: Int, colour: ColourDepth?) throws {
        drain = try PipeDrain()
        var look = Terminal.Options()
        look.colour = colour
        look.glyphs = .braille
        terminal = try Terminal.headless(width: width, height: height, options: look, output: drain.writeEnd)
        state = DashboardState(settings: settings, themes: ThemeLibrary.standard.all().themes)
        (state.width, state.height) = (width, height)
        state.depth = terminal.profile.depth
        state.glyphs = .braille
        engine = Engine(settings: settings)
        engine.send(.pace(.full))
        while engine.snapshot.phase != .running || engine.snapshot.step < 200 { Thread.sleep(forTimeInterval: 0.01) }
    }

    deinit {
        engine.send(.stop)
        terminal.close()
    }

    /// Shows a view for some time, a frame every thirtieth of a second.
    func watch(_ view: ViewKind, seconds: Double) -> Cost {
        apply(.show(view))
        for _ in 0..<5 { frame() }
        let before = drain.count
        var costs: [Double] = []
        let end = Date(timeIntervalSinceNow: seconds)
        while Date() < end {
            let start = Self.threadSeconds
            frame()
            let cost = Self.threadSeconds - start
            costs.append(cost)
            Thread.sleep(forTimeInterval: max(0, 1 / Self.framesPerSecond - cost))
        }
        costs.sort()
        return Cost(
            frames: costs.count, median: costs[costs.count / 2], high: costs[costs.count * 9 / 10],
            bytes: drain.count - before)
    }

    /// Steps a second without and with the Race view drawn, in turn.
    func raceSteps(seconds: Double) -> (alone: Double, watched: Double) {
        apply(.show(.race))
        var (alone, watched): ([Double], [Double]) = ([], [])
        for _ in 0..<5 {
            alone.append(rate { Thread.sleep(forTimeInterval: seconds) })
            watched.append(rate { _ = watch(.race, seconds: seconds) })
        }
        return (alone.sorted()[2], watched.sorted()[2])
    }

    private func rate(_ body: () -> Void) -> Double {
        let (step, start) = (engine.snapshot.step, Date())
        body()
        return Double(engine.snapshot.step - step) / Date().timeIntervalSince(start)
    }

    private func frame() {
        apply(.received(engine.snapshot))
        terminal.draw(renderer.render(state))
    }

    private func apply(_ action: Action) {
        for case .engine(let command) in update(&state, action) { engine.send(command) }
    }

    /// Processor time of this thread.
    private static var threadSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// A pipe whose far end is read and counted on a thread of its own, as a terminal would.
private final class PipeDrain: @unchecked Sendable {
    let writeEnd: Int32
    private let readEnd: Int32
    private let lock = NSLock()
    private var total = 0

    init() throws {
        let pipe = Pipe()
        // The pipe's own handles close with it.
        (readEnd, writeEnd) = (
            dup(pipe.fileHandleForReading.fileDescriptor), dup(pipe.fileHandleForWriting.fileDescriptor)
        )
        let thread = Thread { [self] in
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(readEnd, &bytes, bytes.count)
                guard count > 0 else { return }
                lock.withLock { total += count }
            }
        }
        thread.start()
    }

    /// Bytes that came through so far.
    var count: Int { lock.withLock { total } }
}
