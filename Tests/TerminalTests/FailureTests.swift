import PseudoTerminal
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Every way in which a program can end while it holds the terminal, tried on a program that does nothing else.
@Suite struct FailureTests {
    /// What xterm-256color sends to leave the other screen.
    private static let leave = "\u{1B}[?1049l"

    private func start(
        _ arguments: [String] = [], environment: [String: String?] = [:], width: Int = 60, height: Int = 12
    ) throws -> PseudoTerminal {
        let path = try #require(BuildFolder.executable("TerminalProbe"))
        let probe = try PseudoTerminal(path, arguments, environment: environment, width: width, height: height)
        try #require(probe.wait(for: "ready"), "\(probe.text)")
        #expect(!probe.isCooked)
        return probe
    }

    /// Ended in time, on its own screen again, the line as a shell wants it.
    private func expectRestored(
        _ probe: PseudoTerminal, _ ending: PseudoTerminal.Ending, saying: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(probe.waitForEnd(seconds: 20) == ending, sourceLocation: sourceLocation)
        #expect(probe.isCooked, sourceLocation: sourceLocation)
        #expect(probe.count(of: Self.leave) == 1, sourceLocation: sourceLocation)
        #expect(probe.count(of: "\u{1B}[?25h") >= 1, sourceLocation: sourceLocation)
        guard let saying else { return }
        let parts = probe.text.split(separator: Self.leave, omittingEmptySubsequences: false)
        #expect(parts.last?.contains(saying) == true, "\(parts.last ?? "")", sourceLocation: sourceLocation)
    }

    @Test func quitting() throws {
        let probe = try start()
        probe.type("q")
        expectRestored(probe, .exited(0))
    }

    @Test(arguments: [
        SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGALRM, SIGPWR, SIGIO, 16, 34,
        40, 64,
    ]) func askedToEnd(signal: Int32) throws {
        let probe = try start()
        probe.send(signal: signal)
        expectRestored(probe, .signalled(signal))
    }

    @Test func controlC() throws {
        let probe = try start()
        probe.type("\u{3}")
        expectRestored(probe, .signalled(SIGINT))
    }

    @Test(arguments: [
        (SIGQUIT, "SIGQUIT"), (SIGSEGV, "wrong memory"), (SIGBUS, "wrong memory"), (SIGABRT, "aborted"),
        (SIGILL, "a check inside"), (SIGTRAP, "a check inside"), (SIGFPE, "crashed"),
    ]) func crashes(signal: Int32, sentence: String) throws {
        let probe = try start()
        probe.send(signal: signal)
        expectRestored(probe, .signalled(signal), saying: sentence)
    }

    @Test func fatalErrorKeepsItsMessage() throws {
        let probe = try start()
        probe.type("!")
        #expect(probe.waitForEnd() != nil)
        let last = probe.text.split(separator: Self.leave).last ?? ""
        #expect(last.contains("the probe was told to stop"))
        #expect(last.contains("main.swift"))
        // Swift's own trace, without its question.
        #expect(!last.contains("Press space"))
        #expect(probe.isCooked)
        #expect(probe.count(of: Self.leave) == 1)
    }

    @Test func indexOutOfRange() throws {
        let probe = try start()
        probe.type("o")
        guard case .signalled = probe.waitForEnd() else {
            Issue.record("it went on")
            return
        }
        #expect(probe.text.split(separator: Self.leave).last?.contains("out of range") == true)
        #expect(probe.isCooked)
    }

    @Test(arguments: ["x", "X"]) func stackOverflow(key: String) throws {
        let probe = try start()
        probe.type(key)
        expectRestored(probe, .signalled(SIGSEGV), saying: "wrong memory")
    }

    @Test func thrownError() throws {
        let probe = try start()
        probe.type("t")
        expectRestored(probe, .exited(70), saying: "the probe threw an error")
    }

    @Test func exitWithoutClosing() throws {
        let probe = try start()
        probe.type("e")
        expectRestored(probe, .exited(3))
    }

    @Test func standardErrorWaitsUntilTheEnd() throws {
        let probe = try start()
        probe.type("s")
        #expect(probe.wait(for: "spoke"))
        #expect(!probe.text.contains("a word to stderr"))
        probe.type("q")
        expectRestored(probe, .exited(0), saying: "a word to stderr\r\n")
    }

    @Test func endsAlthoughItIsBusy() throws {
        let probe = try start()
        probe.type("w")
        probe.read(for: 0.2)
        probe.send(signal: SIGTERM)
        expectRestored(probe, .signalled(SIGTERM))
    }

    /// Nothing is read from the terminal, as if its window stood still: what is drawn fills the line.
    private func stopReading(_ probe: PseudoTerminal) throws {
        probe.type("f")
        #expect(probe.wait(for: "flood"))
        usleep(500_000)
    }

    @Test func quittingWhileTheTerminalTakesNothing() throws {
        let probe = try start(width: 200, height: 60)
        try stopReading(probe)
        probe.type("q")
        #expect(probe.waitForEndWithoutReading(seconds: 3) == .exited(0))
        probe.read(for: 0.3)
        #expect(probe.isCooked)
        #expect(probe.text.contains(Self.leave) && probe.text.contains("\u{1B}[?2004l"))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGSEGV, SIGABRT, SIGQUIT])
    func endedWhileTheTerminalTakesNothing(signal: Int32) throws {
        let probe = try start(width: 200, height: 60)
        try stopReading(probe)
        probe.send(signal: signal)
        #expect(probe.waitForEndWithoutReading(seconds: 6) == .signalled(signal))
        probe.read(for: 0.3)
        #expect(probe.isCooked)
        #expect(probe.text.contains(Self.leave))
    }

    @Test func aSlowLineShowsTheNewestPicture() throws {
        let probe = try start(width: 200, height: 60)
        probe.type("f")
        #expect(probe.wait(for: "flood"))
        // The line takes nothing for a second, while a picture comes every 10 ms; then the newest is soon there.
        sleep(1)
        let before = probe.output.count
        probe.type("n")
        #expect(probe.wait(for: "now", seconds: 5))
        #expect(probe.output.count - before < 1_000_000)
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
    }

    @Test func theParentIsKilled() throws {
        let path = try #require(BuildFolder.executable("TerminalProbe"))
        // A script within a shell: the shell goes on when the script is killed.
        let outer = try PseudoTerminal(
            "/bin/sh",
            ["-c", "sh -c 'echo parent-$$; \(path); true'; echo outer; sleep 3; stty -a | grep -o ' echo '"],
            width: 60, height: 12)
        try #require(outer.wait(for: "ready"))
        let number = outer.text.split(separator: "parent-").last?.prefix { $0.isNumber }
        let parent = try #require(number.flatMap { pid_t($0) })
        kill(parent, SIGKILL)
        #expect(outer.wait(for: Self.leave, seconds: 3))
        #expect(outer.wait(for: " echo ", seconds: 8))
    }

    @Test func pastedTextIsNoKeys() throws {
        let probe = try start()
        #expect(probe.text.contains("\u{1B}[?2004h"))
        probe.type("\u{1B}[200~qe!tx\u{1B}[201~z")
        #expect(probe.wait(for: "character(\"z\")"))
        probe.type("q")
        expectRestored(probe, .exited(0))
        #expect(probe.count(of: "\u{1B}[?2004l") == 1)
    }

    @Test(arguments: ["xterm-256color", "tmux-256color", "screen", "linux", "vt100"])
    func theMouseIsUnderstoodOnlyWhereItWasAskedFor(type: String) throws {
        let path = try #require(BuildFolder.executable("TerminalProbe"))
        let probe = try PseudoTerminal(path, ["--mouse"], environment: ["TERM": type], width: 300, height: 12)
        try #require(probe.wait(for: "ready"))
        probe.type("\u{1B}[<0;290;3M")
        #expect(probe.wait(for: "mouse press 289 2"))
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
        let deaf = try start(environment: ["TERM": type])
        deaf.type("\u{1B}[<0;60;20M\u{1B}[27;5;108~k")
        #expect(deaf.wait(for: "character(\"k\")"))
        #expect(!deaf.text.contains("character(\"M\")") && !deaf.text.contains("escape"))
        deaf.type("q")
        #expect(deaf.waitForEnd() == .exited(0))
    }

    @Test func aLateAnswerNeverReachesTheShell() throws {
        let path = try #require(BuildFolder.executable("TerminalProbe"))
        // The shell reads a line after the program has left.
        let shell = try PseudoTerminal(
            "/bin/sh", ["-c", "\(path); read line; echo \"[$line]\""], width: 60, height: 12)
        try #require(shell.wait(for: "ready"))
        shell.type("q")
        #expect(shell.wait(for: Self.leave))
        shell.type("\u{1B}]11;rgb:0000/0000/0000\u{1B}\\\u{1B}[?62;c")
        shell.read(for: 0.5)
        shell.type("word\r")
        #expect(shell.wait(for: "[word]"))
    }

    @Test func bytesThatAreNoTextDoNotEndIt() throws {
        let probe = try start()
        for _ in 0..<5 {
            probe.type(bytes: [0xE9])
            probe.read(for: 0.05)
        }
        probe.type("z")
        #expect(probe.wait(for: "character(\"z\")"))
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
    }

    @Test func theTerminalIsGone() throws {
        let probe = try start()
        probe.closeMaster()
        #expect(probe.waitForEnd(seconds: 3) != nil)
    }

    @Test func theTerminalIsGoneAndHangupIsIgnored() throws {
        // nohup and its like: no signal comes, so the end of input has to be noticed.
        let path = try #require(BuildFolder.executable("TerminalProbe"))
        let probe = try PseudoTerminal("/bin/sh", ["-c", "trap '' HUP; exec \(path)"], width: 60, height: 12)
        try #require(probe.wait(for: "ready"))
        probe.closeMaster()
        #expect(probe.waitForEnd(seconds: 3) != nil)
    }

    @Test func stoppedAndContinuedFromOutside() throws {
        let probe = try start()
        probe.send(signal: SIGSTOP)
        probe.read(for: 0.1)
        let before = probe.output.count
        probe.send(signal: SIGCONT)
        #expect(probe.wait(for: "┌─ 60x12", from: before))
        #expect(!probe.isCooked)
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
        #expect(probe.isCooked)
    }

    @Test func aHundredSizes() throws {
        let probe = try start()
        for round in 0..<100 {
            probe.resize(width: 20 + round * 37 % 300, height: 3 + round * 17 % 90)
            probe.send(signal: SIGWINCH)
            usleep(2000)
        }
        probe.resize(width: 71, height: 13)
        #expect(probe.wait(for: "71x13"))
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
    }

    /// ncurses counts cells in 16 bits, a terminal its columns too, but without a sign.
    @Test(arguments: [(65_535, 2), (2, 65_535)]) func aWindowLargerThanAnyScreen(width: Int, height: Int) throws {
        let probe = try start()
        probe.resize(width: width, height: height)
        probe.send(signal: SIGWINCH)
        probe.read(for: 0.3)
        probe.resize(width: 71, height: 13)
        probe.send(signal: SIGWINCH)
        #expect(probe.wait(for: "71x13"))
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
    }

    @Test(arguments: [(1, 1), (2, 1), (1, 9), (400, 120), (65_535, 2)]) func strangeSizes(width: Int, height: Int)
        throws
    {
        let path = try #require(BuildFolder.executable("TerminalProbe"))
        let probe = try PseudoTerminal(path, width: width, height: height)
        #expect(probe.wait(for: "\u{1B}[?1049h"))
        probe.read(for: 0.1)
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
    }

    @Test func keysTypedBeforeTheScreenIsUpAreKept() throws {
        let path = try #require(BuildFolder.executable("TerminalProbe"))
        let probe = try PseudoTerminal(path, width: 60, height: 12)
        #expect(probe.wait(for: "\u{1B}[c"))
        probe.type("z")
        #expect(probe.wait(for: "character(\"z\")"))
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
    }

    @Test func lateAnswersPressNoKeys() throws {
        let probe = try start()
        probe.type("\u{1B}]11;rgb:0000/0000/0000\u{1B}\\\u{1B}[?62;cy")
        #expect(probe.wait(for: "character(\"y\")"))
        #expect(!probe.text.contains("character(\"r\")"))
        #expect(!probe.text.contains("escape"))
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
    }

    @Test func controlSDoesNotFreeze() throws {
        let probe = try start()
        probe.type("\u{13}")
        #expect(probe.wait(for: "control(\"s\")"))
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
    }

    @Test func everyFrameIsOneUpdate() throws {
        let probe = try start()
        probe.type("a")
        #expect(probe.wait(for: "character(\"a\")"))
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
        #expect(probe.count(of: "\u{1B}[?2026h") >= 2)
        #expect(probe.count(of: "\u{1B}[?2026h") <= probe.count(of: "\u{1B}[?2026l"))
    }

    @Test func refusesWhatIsNoTerminal() throws {
        let path = try #require(BuildFolder.executable("TerminalProbe"))
        for line in ["\(path) | cat", "\(path) </dev/null", "\(path) >/dev/null"] {
            let shell = try PseudoTerminal("/bin/sh", ["-c", line])
            #expect(shell.waitForEnd() != nil)
            #expect(shell.text.contains("is not a terminal"))
            #expect(shell.text.contains("halfspace stream"))
            #expect(shell.count(of: Self.leave) == 0)
        }
    }

    @Test func refusesTerminalsThatCannot() throws {
        let path = try #require(BuildFolder.executable("TerminalProbe"))
        for (type, sentence) in [
            ("dumb", "cannot place the cursor"), ("nonsense", "in no terminfo folder"), (nil, "TERM is not set"),
        ] {
            let probe = try PseudoTerminal(path, environment: ["TERM": type])
            #expect(probe.waitForEnd() == .exited(66))
            #expect(probe.text.contains(sentence), "\(probe.text)")
            #expect(probe.isCooked)
        }
    }

    @Test(arguments: ["linux", "vt100", "xterm-256color", "tmux-256color", "screen", "screen-256color", "rxvt-unicode"])
    func everyTypeIsLeftAsItWas(type: String) throws {
        let probe = try start(environment: ["TERM": type])
        probe.type("b")
        #expect(probe.wait(for: "\"b\""))
        probe.type("q")
        #expect(probe.waitForEnd() == .exited(0))
        #expect(probe.isCooked)
        if type == "vt100" { #expect(!probe.text.contains("38;") && !probe.text.contains("48;")) }
        if type == "linux" || type == "vt100" { #expect(!probe.text.contains("?2026")) }
    }
}
