import ArgumentParser
import Dashboard
import Foundation
import Measurement
import Screen
import Simulation
import Terminal

/// `halfspace bench screen`: what being watched costs.
struct BenchScreen: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screen",
        abstract: "Measure what drawing costs: a frame of each view, its bytes, and the engine's steps.",
        discussion: """
            Draws thirty frames a second through ncurses into a pipe, while the engine runs at full speed. cpu is the \
            drawing thread's share of one core. Each view is watched and left alone in turn, in short pieces. lost is \
            what watching took of the engine's steps a second, lost_cpu of its steps in a second of its own processor \
            time, which other programs on the machine disturb less: medians over the pairs of neighbouring pieces, with \
            the standard error of the second. What a view measures once when it is opened (the sweep of n, the race of \
            the parts) is waited for first: it takes the engine's time by design.
            """
    )

    @Option(parsing: .unconditional, help: "Columns of the screen.") var width = 200
    @Option(parsing: .unconditional, help: "Rows of the screen.") var height = 60
    @Option(help: "auto, truecolor, 256, 8 or none.") var colour: ColourWish = .palette256
    @Option(parsing: .unconditional, help: "Seconds that each view is watched, and as many that it is not.")
    var seconds = 6.0
    @Option(parsing: .unconditional, help: "Seconds of a piece.") var piece = 0.3
    @Option(help: ArgumentHelp("Only this view, by its name.", valueName: "view")) var view: String?
    @Option var format: BenchFormat = .table
    @OptionGroup var options: RunOptions

    func validate() throws {
        guard width >= Renderer.least.width, height >= Renderer.least.height, width <= 1000, height <= 1000 else {
            throw ValidationError("--width and --height must be from 80×24 to 1000×1000.")
        }
        guard seconds >= 0.5, seconds <= 600 else { throw ValidationError("--seconds must be from 0.5 to 600.") }
        guard piece >= 0.1, piece <= seconds else { throw ValidationError("--piece must be from 0.1 to --seconds.") }
        _ = try views()
        try options.check()
    }

    private func views() throws -> [ViewKind] {
        guard let view else { return ViewKind.allCases }
        let named = ViewKind.allCases.filter { $0.title.lowercased() == view.lowercased() }
        guard !named.isEmpty else {
            let names = ViewKind.allCases.map { $0.title.lowercased() }.joined(separator: ", ")
            throw ValidationError("There is no view \"\(view)\"; there are \(names).")
        }
        return named
    }

    func run() throws {
        Heap.returnLargeBlocks()
        try reportingFailure {
            let settings = try options.settings()
            try settings.validate()
            let watched = try WatchedEngine(settings: settings, width: width, height: height, colour: colour.depth)
            let printer = BenchPrinter(format)
            for view in try views() {
                let cost = watched.compare(view, pieces: max(3, Int(held: (seconds / piece).rounded())), of: piece)
                printer.print([
                    "view": .text(view.title), "width": .int(width), "height": .int(height),
                    "frames": .int(cost.frames), "frame_us": .number(cost.median * 1e6, digits: 1),
                    "p90_us": .number(cost.high * 1e6, digits: 1), "render_us": .number(cost.render * 1e6, digits: 1),
                    "cpu_percent": .number(100 * cost.median * WatchedEngine.framesPerSecond, digits: 2),
                    "bytes_per_frame": .int(cost.bytes / max(1, cost.frames)),
                    "steps_per_s": .number(cost.alone, digits: 0),
                    "lost_percent": .number(100 * cost.lost, digits: 2),
                    "lost_cpu_percent": .number(100 * cost.lostOfProcessor, digits: 2),
                    "error": .number(100 * cost.error, digits: 2),
                ])
            }
        }
    }
}

/// An engine at full speed and a screen that draws it, both real but for the terminal's far end.
private final class WatchedEngine {
    struct Cost {
        var frames = 0
        /// Processor seconds of a frame; `render` is the part before the terminal.
        var median = 0.0
        var high = 0.0
        var render = 0.0
        var bytes = 0
        /// Steps a second while nobody watches.
        var alone = 0.0
        /// The share of them that watching takes; of those in a second of the engine's processor time, and its error.
        var lost = 0.0
        var lostOfProcessor = 0.0
        var error = 0.0
    }

    static let framesPerSecond = 30.0
    /// The longest that what a view measures once is waited for.
    private static let patience = 90.0

    private let engine: Engine
    private let terminal: Terminal
    private let renderer = Renderer()
    private let drain: PipeDrain
    private var state: DashboardState
    private var costs: [(whole: Double, render: Double)] = []

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
        while engine.snapshot.phase != .running || engine.snapshot.step < 200 {
            if case .failed(let sentence) = engine.snapshot.phase { throw EngineFailure(sentence: sentence) }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }

    deinit {
        engine.send(.stop)
        terminal.close()
    }

    /// A view watched and not, in turn: pairs of neighbouring pieces share whatever else the machine does.
    func compare(_ view: ViewKind, pieces: Int, of seconds: Double) -> Cost {
        apply(.show(view))
        settle()
        costs = []
        var (alone, lost, ofProcessor): ([Double], [Double], [Double]) = ([], [], [])
        var (bytes, kept) = (0, 0)
        for number in 0..<pieces {
            var rates: [Bool: Rate] = [:]
            for isWatched in number % 2 == 0 ? [true, false] : [false, true] {
                if isWatched { watch(view, seconds: 0.1) } else { leave(seconds: 0.1) }
                costs.removeLast(costs.count - kept)
                let before = drain.count
                rates[isWatched] = rate { isWatched ? watch(view, seconds: seconds) : leave(seconds: seconds) }
                if isWatched { bytes += drain.count - before }
                kept = costs.count
            }
            guard let quiet = rates[false], let seen = rates[true], quiet.wall > 0, quiet.processor > 0 else {
                continue
            }
            alone.append(quiet.wall)
            lost.append(1 - seen.wall / quiet.wall)
            ofProcessor.append(1 - seen.processor / quiet.processor)
        }
        var cost = Cost(frames: costs.count, bytes: bytes)
        let frames = Samples(costs.map(\.whole))
        if !frames.isEmpty {
            (cost.median, cost.high) = (frames.median, frames.quantile(0.9))
            cost.render = Samples(costs.map(\.render)).median
        }
        guard !lost.isEmpty else { return cost }
        cost.alone = Samples(alone).median
        cost.lost = Samples(lost).median
        let shares = Samples(ofProcessor)
        cost.lostOfProcessor = shares.median
        // Of a median: 1.25 times that of a mean; the spread from the quartiles, which outliers do not move.
        let spread = (shares.quantile(0.75) - shares.quantile(0.25)) / 1.35
        cost.error = 1.25 * spread / Double(shares.count).squareRoot()
        return cost
    }

    /// Until what the view measures once is done.
    private func settle() {
        let end = MonotonicClock.seconds + Self.patience
        repeat {
            frame()
            Thread.sleep(forTimeInterval: 1 / Self.framesPerSecond)
            let snapshot = engine.snapshot
            let isSwept = state.view != .scaling || snapshot.sweep.curves.last?.isComplete == true
            let isRaced = state.view != .index || snapshot.parts.map { $0.fraction == nil } == true
            if isSwept && isRaced { return }
        } while MonotonicClock.seconds < end
    }

    private func watch(_ view: ViewKind, seconds: Double) {
        apply(.show(view))
        let watch = Stopwatch()
        while watch.seconds < seconds {
            let start = ThreadClock.seconds
            let render = frame()
            let whole = ThreadClock.seconds - start
            costs.append((whole, render))
            Thread.sleep(forTimeInterval: max(0, 1 / Self.framesPerSecond - whole))
        }
    }

    /// Nothing is drawn and nothing is asked of the engine beside its steps.
    private func leave(seconds: Double) {
        engine.send(.watch([]))
        engine.send(.sweep(false))
        Thread.sleep(forTimeInterval: seconds)
    }

    /// Steps in a second, and in a second of the engine's processor time.
    private struct Rate {
        var wall, processor: Double
    }

    private func rate(_ body: () -> Void) -> Rate {
        let start = moment()
        body()
        let end = moment()
        let steps = Double(end.step - start.step)
        return Rate(wall: steps / (end.seconds - start.seconds), processor: steps / (end.busy - start.busy))
    }

    /// The step of the next snapshot and when it came: snapshots are a thirtieth of a second apart.
    private func moment() -> (step: Int, seconds: Double, busy: Double) {
        let generation = engine.snapshot.generation
        while true {
            let snapshot = engine.snapshot
            if snapshot.generation != generation {
                return (snapshot.step, MonotonicClock.seconds, snapshot.busySeconds)
            }
            Thread.sleep(forTimeInterval: 0.0002)
        }
    }

    /// Draws one; returns the processor seconds before the terminal had it.
    @discardableResult
    private func frame() -> Double {
        let start = ThreadClock.seconds
        apply(.received(engine.snapshot))
        let picture = renderer.render(state)
        let render = ThreadClock.seconds - start
        terminal.draw(picture)
        return render
    }

    private func apply(_ action: Action) {
        for case .engine(let command) in update(&state, action) { engine.send(command) }
    }
}

/// The engine cannot serve the settings.
private struct EngineFailure: Error, CustomStringConvertible {
    let sentence: String
    var description: String { sentence }
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
