import CNcurses
import CSignals
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
    var emptyReads = 0
    var pending: [InputEvent] = []
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
        // ncurses installs its own handlers where it finds none: ours go first.
        if headless == nil { cs_install(pipe.writeEnd) }
        if let headless {
            setenv("LINES", String(headless.height), 1)
            setenv("COLUMNS", String(headless.width), 1)
        }
        defer {
            unsetenv("LINES")
            unsetenv("COLUMNS")
        }
        guard let writing = fdopen(dup(output), "w"), let reading = fdopen(dup(input), "r"),
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
        pending = KeyDecoder().events(answers.typed.map { .character(UInt32($0)) })

        var depth = profile.depth
        if depth != .none {
            if has_colors() && start_color() == OK { use_default_colors() } else { depth = .none }
        }
        table = CellTable(depth: depth, glyphs: profile.glyphs)
        prepare()
        if headless == nil {
            let restore = Array(Self.restoreBytes().utf8CString.dropLast())
            cs_arm(output, restore, restore.count, &cooked)
            cs_capture_stderr()
        }
        if options.mouse { setMouse(true) }
    }

    deinit {
        close()
    }

    /// The order matters: modes of the line first, then those of the keyboard, then the window.
    private func prepare() {
        cbreak()
        noecho()
        nonl()
        set_escdelay(25)
        let window = hs_stdscr()
        keypad(window, true)
        nodelay(window, true)
        leaveok(window, true)
        intrflush(window, false)
        curs_set(0)
        mouseinterval(0)
        if !isHeadless {
            // ^S must not freeze the show.
            var mode = termios()
            if tcgetattr(output, &mode) == 0 {
                mode.c_iflag &= ~tcflag_t(IXON)
                tcsetattr(output, TCSANOW, &mode)
                def_prog_mode()
            }
        }
    }

    /// Gives the terminal back and writes out what went to standard error. A second call does nothing.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        if isHeadless {
            endwin()
        } else {
            if cs_disarm() == 1 {
                if isMouseOn { send(Self.mouseOff) }
                endwin()
                // The cursor may be anywhere: endwin leaves the last line, and a shell prompt begins a line.
                send("\r")
            }
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

    /// Turns reports of the mouse on or off.
    public func setMouse(_ on: Bool) {
        guard on != isMouseOn else { return }
        isMouseOn = on
        mousemask(on ? hs_mouse_all() : 0, nil)
        // ncurses asks for presses alone: 1002 adds motion while a button is held.
        if !isHeadless { send(on ? "\u{1B}[?1002h" : Self.mouseOff) }
    }

    static let mouseOff = "\u{1B}[?1002l"

    /// Writes around ncurses, whose own output must have been flushed.
    func send(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let done = bytes.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
            if done < 0 && errno == EINTR { continue }
            guard done > 0 else { return }
            bytes = bytes.dropFirst(done)
        }
    }
}
