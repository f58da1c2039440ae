import ArgumentParser
import Dashboard
import Foundation
import Screen
import Simulation
import Terminal

/// `halfspace demo`: talks that play themselves, from TOML files.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Play a demo, list them, check them, record them.",
        discussion: """
            Without a name it lists the demos. While one plays: PgDn or → next, PgUp or ← back, [ and ] chapters, \
            g their list, Home from the beginning, b or . the screen dark. Any other parameter key takes over; Enter goes back \
            to the demo. q asks once. --kiosk without a name plays the demo called kiosk.
            """
    )

    @Argument(help: ArgumentHelp("A demo's name, or the path of its file; several with --check.", valueName: "demo"))
    var names: [String] = []
    @Flag(help: "Run the demos (or all) without a screen and check what they expect; status 1 if one fails.")
    var check = false
    @Flag(help: "With --check, fail where a claim on times does not hold; otherwise that is a warning.")
    var strictTimes = false
    @Flag(help: "Print the speaker's notes.")
    var notes = false
    @Flag(
        help:
            "Show the speaker's screen of the talk of that name that runs on this machine: notes, next caption, clock.")
    var speaker = false
    @Flag(help: "Play for ever, unattended: nothing that goes wrong stays on the screen.")
    var kiosk = false
    @Option(help: ArgumentHelp("Start at a chapter: its number, or its title.", valueName: "number|title"))
    var chapter: String?
    @Option(parsing: .unconditional, help: "How much faster it runs by itself, 0.1 to 20.")
    var speed: Double = 1
    @Option(parsing: .unconditional, help: "Play over other data.")
    var seed: UInt64?
    @Flag(help: "Play once without a screen; for --record.")
    var headless = false
    @Option(help: ArgumentHelp("Record as asciicast v2, for asciinema.", valueName: "file.cast"))
    var record: String?
    @Option(help: ArgumentHelp("Write a picture of each chapter into a folder, without a screen.", valueName: "folder"))
    var svg: String?
    @Option(help: "The screen of --headless and --svg, in cells.")
    var size = ScreenSize(width: 120, height: 40)
    @Option(help: ArgumentHelp("Write a log here.", valueName: "file"))
    var log: String?
    @OptionGroup var look: LookOptions

    func validate() throws {
        guard names.count <= 1 || check else {
            throw ValidationError("Several demos go with --check; give one to play.")
        }
        guard !strictTimes || check else {
            throw ValidationError("--strict-times goes with --check: nothing else looks at a demo's claims.")
        }
        guard (0.1...20).contains(speed) else { throw ValidationError("--speed \(speed) is not from 0.1 to 20.") }
        guard !headless || record != nil else {
            throw ValidationError("--headless shows nothing; give --record with a file to keep it in.")
        }
        guard !names.isEmpty || check || !isGivenWork else {
            throw ValidationError("Name the demo; halfspace demo alone lists them.")
        }
    }

    private var isGivenWork: Bool {
        notes || speaker || headless || chapter != nil || record != nil || svg != nil || seed != nil
    }

    func run() throws {
        try reportingFailure {
            let library = DemoLibrary.standard
            if check { return try DemoChecker(library: library, timesMustHold: strictTimes).run(names) }
            guard let name = names.first ?? (kiosk ? "kiosk" : nil) else { return DemoList(library: library).show() }
            let file = try library.file(name)
            if speaker {
                return try SpeakerView(demo: file.deletingPathExtension().lastPathComponent, look: look).run()
            }
            let demo = prepared(try library.load(file, path: name.hasSuffix(".toml") ? name : nil))
            let first = try chapter.map { try number(of: $0, in: demo) } ?? 0
            if notes { return Message.text(demo.notesText()) }
            if let svg { return try writePictures(demo, to: svg) }
            if headless, let record { return try play(demo, into: record, from: first) }
            try present(demo, file: file, library: library, from: first)
        }
    }

    private func prepared(_ demo: Demo) -> Demo { seed.map { demo.seeded($0) } ?? demo }

    private func number(of chapter: String, in demo: Demo) throws -> Int {
        if let number = demo.chapter(chapter) { return number }
        let titles = demo.chapters.enumerated().map { "\($0 + 1) \($1.title)" }.joined(separator: ", ")
        throw ValidationError("There is no chapter \"\(chapter)\"; there are \(titles).")
    }

    // MARK: With a screen

    private func present(_ demo: Demo, file: URL, library: DemoLibrary, from chapter: Int) throws {
        Heap.returnLargeBlocks()
        let config = try ConfigFile.load()
        let chosen = try look.chosenTheme(config)
        let logger = try LogFile.logger(path: log)
        let recording = try record.map {
            try CastFile(path: $0, title: demo.title, theme: try chosen ?? ThemeLibrary.standard.theme("dark"))
        }
        let terminal = try Terminal(look.terminalOptions(config))
        defer { terminal.close() }
        var state = look.state(
            settings: demo.chapters[0].start.settings, chosen: chosen, terminal: terminal, config: config)
        let loops = kiosk || demo.loops
        state.demo = DemoPlayer(
            demo: demo, mode: loops ? .kiosk : .presented, chapter: chapter, speed: speed, theme: chosen?.name)
        let engine = Engine(settings: state.settings)
        let waker = terminal.waker
        engine.onPublish { waker.wake() }
        func tell(_ sentence: String, _ error: any Error) -> Action? {
            logger.warning("\(error)")
            return loops ? nil : .notice(sentence, .error)
        }
        let watcher = DemoWatcher(file: file, sources: demo.sources, library: library, prepare: prepared) {
            tell($0.short, $0)
        }
        let recordingWatch = recording.map { RecordingWatch($0) { tell("\($0)", $0) } }
        let clock = SteadyClock()
        let server = SpeakerServer(demo: demo.name)
        let last = config.remembersTheme ? LastTheme() : nil
        let recorded = recording.map { RecordedDisplay(terminal, file: $0, clock: clock) }
        DashboardLoop(
            state: state, display: recorded ?? terminal, engine: engine, clock: clock,
            sources: [watcher, look.themeWatcher] + (recordingWatch.map { [$0] } ?? [])
                + (last.map { [$0] } ?? []),
            log: { logger.warning("\($0)") }
        ).run {
            recorded?.note($0)
            server?.tell($0)
            last?.note($0)
        }
        engine.send(.stop)
        terminal.close()
        if let signal = terminal.endingSignal { Terminal.endProcess(bySignal: signal) }
        if let failure = recording?.failure { throw failure }
    }

    // MARK: Without

    private func headlessState(_ demo: Demo) throws -> (state: DashboardState, theme: Theme) {
        let chosen = try look.chosenTheme()
        let theme = try chosen ?? ThemeLibrary.standard.theme("dark")
        var themes = ThemeLibrary.standard.all().themes
        if !themes.contains(where: { $0.name == theme.name }) { themes.append(theme) }
        var state = DashboardState(
            settings: demo.chapters[0].start.settings, themes: themes,
            themeIndex: themes.firstIndex { $0.name == theme.name } ?? 0)
        (state.width, state.height) = (size.width, size.height)
        state.depth = look.colour.depth ?? .trueColour
        state.glyphs = look.glyphs.level ?? .braille
        return (state, theme)
    }

    private func play(_ demo: Demo, into path: String, from chapter: Int) throws {
        let (state, theme) = try headlessState(demo)
        let file = try CastFile(path: path, title: demo.title, theme: theme)
        try HeadlessDemo(demo, state: state).record(to: file, from: chapter, speed: speed, theme: look.theme)
    }

    private func writePictures(_ demo: Demo, to folder: String) throws {
        let (state, _) = try headlessState(demo)
        let folder = try PictureFolder(path: folder)
        for (number, made) in HeadlessDemo(demo, state: state).pictures(theme: look.theme).enumerated() {
            let digits = number + 1 < 10 ? "0\(number + 1)" : "\(number + 1)"
            try folder.write(
                made.picture, name: "\(demo.name)-\(digits)", title: "\(demo.title): \(made.chapter.title)",
                theme: made.theme)
        }
    }
}

/// A folder that pictures are written into, each told on standard output.
struct PictureFolder {
    private let folder: URL

    /// Makes the folder where there is none.
    init(path: String) throws(OutputFailure) {
        folder = URL(fileURLWithPath: path, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw OutputFailure(path: path)
        }
    }

    /// Writes an SVG picture; no half of one is left where there is no room.
    func write(_ picture: Buffer, name: String, title: String, theme: Theme) throws(OutputFailure) {
        let file = folder.appendingPathComponent("\(name).svg")
        let drawing = SVGPicture(picture, title: title, foreground: theme[.text], background: theme[.background])
        do {
            try Data(drawing.document.utf8).write(to: file, options: .atomic)
        } catch {
            throw OutputFailure(path: file.path)
        }
        Message.line(file.path)
    }
}

/// "120x40".
struct ScreenSize: ExpressibleByArgument {
    var width, height: Int

    init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

    init?(argument: String) {
        let parts = argument.lowercased().split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, (Renderer.least.width...1000).contains(parts[0]),
            (Renderer.least.height...1000).contains(parts[1])
        else { return nil }
        self.init(width: parts[0], height: parts[1])
    }

    var defaultValueDescription: String { "\(width)x\(height)" }
}
