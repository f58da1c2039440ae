import Foundation
import PseudoTerminal
import Testing

extension EndToEnd {
    /// The dashboard ended in every way that can be brought about from outside; the terminal must be as it was.
    ///
    /// What only happens inside (traps, thrown errors, a full stack) is tried on the probe of the terminal's own tests.
    @Suite struct Failures {
        private static let leave = "\u{1B}[?1049l"

        private func start(_ options: [String] = [], environment: [String: String?] = [:]) throws -> PseudoTerminal {
            let program = try PseudoTerminal(Program.path, ["--n", "2048"] + options, environment: environment)
            try #require(program.wait(for: "naive", seconds: 20), "\(program.text)")
            return program
        }

        private func expectRestored(
            _ program: PseudoTerminal, _ ending: PseudoTerminal.Ending,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(program.waitForEnd(seconds: 20) == ending, sourceLocation: sourceLocation)
            #expect(program.isCooked, sourceLocation: sourceLocation)
            #expect(program.count(of: Self.leave) == 1, sourceLocation: sourceLocation)
            #expect(program.text.contains("\u{1B}[?25h"), sourceLocation: sourceLocation)
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT, SIGILL])
        func aSignalEndsIt(signal: Int32) throws {
            let program = try start()
            program.send(signal: signal)
            expectRestored(program, .signalled(signal))
            if ![SIGINT, SIGTERM, SIGHUP].contains(signal) {
                #expect(program.text.split(separator: Self.leave).last?.contains("halfspace: ") == true)
            }
        }

        @Test func itEndsWhileItBuilds() throws {
            let program = try PseudoTerminal(Program.path, ["--n", "200000"])
            try #require(program.wait(for: "\u{1B}[?1049h", seconds: 20))
            program.type("q")
            expectRestored(program, .exited(0))
        }

        @Test func theWindowIsClosed() throws {
            let program = try start()
            program.closeMaster()
            #expect(program.waitForEnd(seconds: 3) != nil)
        }

        @Test func theWindowIsClosedAndHangupIsIgnored() throws {
            let program = try PseudoTerminal(
                "/bin/sh", ["-c", "trap '' HUP; exec \(Program.path) --n 2048"], width: 120, height: 40)
            try #require(program.wait(for: "naive", seconds: 20))
            program.closeMaster()
            #expect(program.waitForEnd(seconds: 3) != nil)
        }

        @Test func stopAndGoOn() throws {
            let program = try start()
            program.send(signal: SIGSTOP)
            program.read(for: 0.1)
            let before = program.output.count
            program.send(signal: SIGCONT)
            #expect(program.wait(for: "HALFSPACE", from: before))
            #expect(!program.isCooked)
            program.type("q")
            #expect(program.waitForEnd(seconds: 20) == .exited(0))
            #expect(program.isCooked)
        }

        @Test func suspendGivesTheScreenToTheShellAndBack() throws {
            let screen = try TmuxScreen(["sh"], environment: ["PS1": "$ "])
            try #require(screen.wait(for: "$"))
            screen.type("\(try Program.path) --n 2048")
            screen.press("Enter")
            #expect(screen.wait(for: "naive", seconds: 20))
            screen.press("C-z")
            #expect(screen.wait(for: "Stopped"))
            #expect(!screen.isAlternate)
            screen.type("echo the shell answers $((40 + 2))")
            screen.press("Enter")
            #expect(screen.wait(for: "the shell answers 42"))
            screen.resize(width: 100, height: 30)
            screen.type("fg")
            screen.press("Enter")
            #expect(screen.wait { $0.contains("naive") && $0.contains("quit") })
            #expect(screen.isAlternate)
            screen.press("q")
            #expect(screen.wait(for: "the shell answers 42"))
        }

        @Test func aHundredSizesInASecond() throws {
            let program = try start()
            for round in 0..<100 {
                program.resize(width: 20 + round * 37 % 300, height: 3 + round * 17 % 90)
                program.read(for: 0.01)
            }
            program.resize(width: 120, height: 40)
            let before = program.output.count
            #expect(program.wait(for: "HALFSPACE", from: before))
            program.type("q")
            expectRestored(program, .exited(0))
        }

        @Test(arguments: ["linux", "vt100", "xterm-256color", "tmux-256color", "screen"]) func itRunsOnA(type: String)
            throws
        {
            let program = try start(environment: ["TERM": type])
            #expect(program.wait(for: "HSR"))
            let seen = program.text
            if type == "vt100" {
                #expect(seen.utf8.allSatisfy { $0 < 0x80 })
                #expect(!seen.contains("38;5") && !seen.contains("38;2"))
            }
            program.type("q")
            #expect(program.waitForEnd(seconds: 20) == .exited(0))
            #expect(program.isCooked)
        }

        @Test func noColourMeansNone() throws {
            let program = try start(environment: ["NO_COLOR": "1", "COLORTERM": "truecolor"])
            program.read(for: 0.5)
            #expect(!program.text.contains("38;5;") && !program.text.contains("48;5;"))
            #expect(!program.text.contains("\u{1B}[3") || !program.text.contains("\u{1B}[32m"))
            program.type("q")
            expectRestored(program, .exited(0))
        }

        @Test(arguments: [
            ("dumb", "cannot place the cursor"), ("nonsense", "in no terminfo folder"),
        ]) func aClearRefusal(type: String, sentence: String) throws {
            let program = try PseudoTerminal(Program.path, environment: ["TERM": type])
            #expect(program.waitForEnd() == .exited(64))
            #expect(program.text.contains(sentence))
            #expect(program.count(of: "\r\n") == 1)
        }

        @Test func pipesAreRefused() throws {
            for line in ["\(try Program.path) | cat", "\(try Program.path) </dev/null"] {
                let shell = try PseudoTerminal("/bin/sh", ["-c", line])
                #expect(shell.waitForEnd() != nil)
                #expect(shell.text.contains("halfspace stream"))
            }
        }
    }
}
