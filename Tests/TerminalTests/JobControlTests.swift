import PseudoTerminal
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Stopping and going on with a real shell, seen in tmux.
@Suite(.serialized, .enabled(if: TmuxScreen.isAvailable)) struct JobControlTests {
    private func shell() throws -> TmuxScreen {
        let path = try #require(BuildFolder.executable("TerminalProbe"))
        let screen = try TmuxScreen(
            ["sh"], environment: ["PS1": "$ ", "COLORTERM": "truecolor"], width: 60, height: 12)
        try #require(screen.wait(for: "$"))
        screen.type(path)
        screen.press("Enter")
        try #require(screen.wait(for: "ready"))
        return screen
    }

    @Test func suspendAndResume() throws {
        let screen = try shell()
        #expect(screen.isAlternate)
        screen.press("C-z")
        #expect(screen.wait(for: "Stopped"))
        #expect(!screen.isAlternate)
        screen.type("echo one-$((1 + 1))")
        screen.press("Enter")
        #expect(screen.wait(for: "one-2"))
        screen.type("fg")
        screen.press("Enter")
        #expect(screen.wait(for: "60x12"))
        #expect(screen.isAlternate)
        screen.press("Down")
        #expect(screen.wait(for: "key down"))
        screen.press("q")
        #expect(screen.wait { !$0.contains("60x12") })
        #expect(!screen.isAlternate)
    }

    @Test func resizedWhileStopped() throws {
        let screen = try shell()
        screen.press("C-z")
        #expect(screen.wait(for: "Stopped"))
        screen.resize(width: 75, height: 15)
        screen.type("fg")
        screen.press("Enter")
        #expect(screen.wait(for: "75x15"))
        screen.press("q")
        #expect(screen.wait { !$0.contains("75x15") })
    }

    @Test func keysOfTmux() throws {
        let screen = try shell()
        for (key, said) in [
            ("PageDown", "pageDown"), ("PageUp", "pageUp"), ("Home", "home"), ("End", "end"), ("BTab", "backTab"),
            ("Enter", "enter"), ("Escape", "escape"), ("F5", "function(5)"), ("C-l", "control(\"l\")"),
            ("C-Right", "right"),
            ("BSpace", "backspace"), ("DC", "delete"), ("é", "character(\"é\")"), ("<", "character(\"<\")"),
        ] {
            screen.press(key)
            #expect(screen.wait(for: said, seconds: 5), "\(key)")
        }
        screen.press("q")
    }

    @Test func colourOf24Bits() throws {
        let screen = try shell()
        #expect(screen.styledText.contains("38;2;255;192;128"))
        screen.press("q")
    }
}
