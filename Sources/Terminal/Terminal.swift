import CNcurses
import CSignals
import Measurement
import Screen

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The terminal of this process: shows buffers, reads input, and is given back as it was, whatever happens.
///
/// It is made and used on the main thread; only its ``waker`` may travel. While it is open, standard error is kept in a
/// temporary file and written out when it closes.
public final class Terminal {
    public struct Options: Sendable {
        /// nil: what the terminal can.
        public var colour: ColourDepth?
        /// nil: what the terminal and the locale can.
        public var glyphs: GlyphLevel?
        public var mouse = false
        /// How long to wait for the terminal to tell its background; 0 does not ask.
        public var queryMilliseconds = 150

        public init() {}
    }

    public let profile: TerminalProfile
    /// The value of `TERM`.
    public let type: String
    /// Dark or light, where the terminal says so.
    public let ground: Ground?
    /// Whether the terminal said that it knows synchronised updates.
    public let saysSynchronised: Bool
    public let waker: Waker

    /// The signal that asked the program to end, once one has: see ``endProcess(bySignal:)``.
    public internal(set) var endingSignal: Int32?

    let pipe: WakePipe
    let screen: OpaquePointer
    let input: Int32
    let output: Int32
    let isHeadless: Bool
    var table: CellTable
    var shown: Buffer?
    var isOpen = true
    var isMouseOn = false
    var decoder: KeyDecoder
    /// Since when, by the monotonic clock, the decoder waits for the rest of something.
    var openSince = MonotonicClock.seconds
    var pending: [InputEvent] = []
    /// What is sent to the terminal; nil for a headless one, whose ncurses writes by itself.
    let queue: OutputQueue?
    /// The newest picture, if the terminal was still busy with one before it.
    var waiting: Buffer?
    /// The line as it was, and as the screen needs it.
    let modes: (cooked: termios, raw: termios)
    /// Whether the terminal owes the answer to a question: it must not reach the shell.
    var owesAnswer: Bool
    let parent = getppid()
    private var files: [UnsafeMutablePointer<FILE>] = []

    /// Opens the terminal on standard input and output.
    ///
    /// - Throws: ``TerminalError``, before anything on the terminal has changed.
    public convenience init(_ options: Options = Options()) throws {
        for (descriptor, name) in [(STDIN_FILENO, "standard input"), (STDOUT_FILENO, "standard output")]
        where isatty(descriptor) == 0 {
            throw TerminalError.notATerminal(name)
        }
        try self.init(
            type: Self.environment["TERM"] ?? "", input: STDIN_FILENO, output: STDOUT_FILENO, options: options,
            headless: nil)
    }

    /// A real ncurses screen of a given type and size that writes into nothing, or to a descriptor, for tests that read
    /// cells back and for measuring what drawing costs.
    public static func headless(
        type: String = "xterm-256color", width: Int, height: Int, options: Options = Options(), output: Int32? = nil
    ) throws -> Terminal {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0 else { throw TerminalError.cannotOpen(String(cString: strerror(errno))) }
        return try Terminal(
            type: type, input: null, output: output ?? null, options: options, headless: (width, height))
    }

    private init(type: String, input: Int32, output: Int32, options: Options, headless: (width: Int, height: Int)?)
        throws
    {
        guard !type.isEmpty else { throw TerminalError.noType }
        guard let pipe = WakePipe.shared else { throw TerminalError.cannotOpen(String(cString: strerror(errno))) }
        let isUTF8 = Self.chooseLocale()
        // ncurses takes these two for the size, even after the window has changed.
        unsetenv("LINES")
        unsetenv("COLUMNS")

        let colours = try Self.lookUp(type, output).colours
        var profile = TerminalProfile(
            type: type, colours: colours, isUTF8: isUTF8, environment: Self.environment, colour: options.colour,
            glyphs: options.glyphs)
        let before = Self.environment["TERMINFO"]
        if !Self.adaptEntry(type, from: colours, to: profile.depth) && colours < 1 << 24 {
            profile.depth = min(profile.depth, colours >= 256 ? .palette256 : colours >= 8 ? .eight : .none)
        }
        defer { Self.setTERMINFO(before) }

        var answers = TerminalAnswers()
        if headless == nil && profile.answersQueries && options.queryMilliseconds > 0 {
            answers = BackgroundQuery.ask(output, milliseconds: options.queryMilliseconds)
        }

        var cooked = termios()
        tcgetattr(output, &cooked)
        modes = (cooked, Self.raw(cooked))
        queue = headless == nil ? try OutputQueue(terminal: output) : nil
        var (columns, rows): (Int32, Int32) = (0, 0)
        let size = headless ?? (cs_size(output, &columns, &rows) == 0 ? (Int(columns), Int(rows)) : (0, 0))
        // ncurses installs its own handlers where it finds none: ours go first.
        if headless == nil { cs_install(pipe.writeEnd) }
        // ncurses writes to a file and cannot ask for the size itself.
        if size.width > 0, size.height > 0 {
            setenv("LINES", String(size.height), 1)
            setenv("COLUMNS", String(size.width), 1)
        }
        defer {
            unsetenv("LINES")
            unsetenv("COLUMNS")
        }
        guard let writing = fdopen(dup(queue?.store ?? output), "w"), let reading = fdopen(dup(input), "r"),
            let screen = newterm(type, writing, reading)
        else {
            if headless == nil { cs_uninstall() }
            throw TerminalError.cannotOpen("ncurses refuses the type “\(type)”")
        }
        self.profile = profile
        self.type = type
        ground = answers.background.flatMap { Ground($0) } ?? Self.ground(hint: Self.environment["COLORFGBG"])
        saysSynchronised = answers.synchronised
        self.pipe = pipe
        waker = Waker(descriptor: pipe.writeEnd)
        self.screen = screen
        self.input = input
        self.output = output
        isHeadless = headless != nil
        files = [writing, reading]
        decoder = KeyDecoder(strings: KeyStrings.ofTerminal())
        decoder.marksPastes = Self.environment["TERM"]?.hasPrefix("linux") != true
        owesAnswer = answers.isOwed
        pending = decoder.events(answers.typed)

        var depth = profile.depth
        if depth != .none {
            if has_colors() && start_color() == OK { use_default_colors() } else { depth = .none }
        }
        table = CellTable(depth: depth, glyphs: profile.glyphs)
        prepare()
        if let queue {
            let restore = Array(Self.restoreBytes().utf8CString.dropLast())
            cs_arm(queue.descriptor, restore, restore.count, &cooked)
            cs_capture_stderr()
            queue.append(Self.pasteOn)
        }
        if options.mouse { setMouse(true) }
    }

    deinit {
        close()
    }

    /// The order matters: modes of the line first, then those of the keyboard, then the window.
    private func prepare() {
        setMode(modes.raw)
        cbreak()
        noecho()
        nonl()
        // Nothing that waits to be read may hold a picture up.
        typeahead(-1)
        let window = hs_stdscr()
        keypad(window, true)
        leaveok(window, true)
        curs_set(0)
    }

    /// Keys as they are pressed, without echo; signals as before. ^S must not freeze the show, ^V must not quote.
    private static func raw(_ cooked: termios) -> termios {
        var mode = cooked
        mode.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR | IGNCR | ISTRIP)
        mode.c_oflag &= ~tcflag_t(OPOST)
        mode.c_lflag &= ~tcflag_t(ICANON | ECHO | ECHONL | IEXTEN)
        mode.c_lflag |= tcflag_t(ISIG)
        withUnsafeMutableBytes(of: &mode.c_cc) { characters in
            characters[Int(VMIN)] = 1
            characters[Int(VTIME)] = 0
        }
        return mode
    }

    /// Sets the line without waiting for output that may never drain.
    func setMode(_ mode: termios) {
        guard !isHeadless else { return }
        var mode = mode
        tcsetattr(output, TCSANOW, &mode)
    }

    /// Gives the terminal back and writes out what went to standard error. A second call does nothing.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        if isHeadless {
            endwin()
        } else {
            if cs_disarm() == 1 { leave() }
            cs_uninstall()
            cs_replay_stderr()
        }
        delscreen(screen)
        for file in files { fclose(file) }
        if isHeadless { closeDescriptor(output) }
    }

    /// Ends the process by the default action of a signal, so that the shell sees what happened. The terminal must be closed.
    public static func endProcess(bySignal signal: Int32) -> Never {
        cs_die(signal)
        exit(128 + signal)
    }

    /// Columns and rows.
    public var size: (width: Int, height: Int) {
        (Int(hs_width()), Int(hs_height()))
    }

    /// Leaves the screen. A terminal that takes no output is not waited for: what it has not taken is dropped, and it is
    /// told to leave once it goes on.
    private func leave() {
        guard let queue else { return }
        let isIdle = queue.push(for: 0.1)
        if !isIdle {
            queue.discard()
            tcflush(output, TCOFLUSH)
            // A sequence may have been cut short: CAN ends it.
            queue.append("\u{18}\u{1B}[?2026l")
        }
        leaveScreen()
        // The cursor may be anywhere: endwin leaves the last line, and a shell prompt begins a line.
        queue.append("\r")
        let isSent = queue.push(for: isIdle ? 0.5 : 0.1)
        if owesAnswer, isSent { takeAnswer() }
        setMode(modes.cooked)
    }

    /// Everything that was asked of the terminal is taken back, and ncurses gives the screen back.
    func leaveScreen() {
        queue?.append((isMouseOn ? Self.mouseOff : "") + Self.pasteOff)
        endwin()
        queue?.collect()
    }

    /// Waits for an answer that is late, so that the shell does not read it as a command.
    private func takeAnswer() {
        let end = MonotonicClock.seconds + 0.7
        while !decoder.sawAttributes, MonotonicClock.seconds < end {
            var ready = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
            if poll(&ready, 1, 20) > 0 {
                guard let bytes = readBytes() else { return }
                _ = decoder.events(bytes)
            }
        }
    }

    /// Turns reports of the mouse on or off.
    public func setMouse(_ on: Bool) {
        guard on != isMouseOn else { return }
        isMouseOn = on
        decoder.takesMouse = on
        queue?.append(on ? Self.mouseOn : Self.mouseOff)
        queue?.push()
    }

    // Presses, motion while a button is held, and coordinates in decimals, without an end at column 223.
    static let mouseOn = "\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h"
    static let mouseOff = "\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l"
    // What is pasted comes between marks.
    static let pasteOn = "\u{1B}[?2004h"
    static let pasteOff = "\u{1B}[?2004l"

    /// Bytes sent to the terminal so far.
    public var bytesSent: Int? { queue?.collected }
}
