import Screen
import Testing

@testable import Terminal

@Suite struct ProfileTests {
    private func profile(
        _ type: String, _ colours: Int, _ environment: [String: String] = [:], utf8: Bool = true,
        colour: ColourDepth? = nil, glyphs: GlyphLevel? = nil
    ) -> TerminalProfile {
        TerminalProfile(
            type: type, colours: colours, isUTF8: utf8, environment: environment, colour: colour, glyphs: glyphs)
    }

    @Test func colours() {
        #expect(profile("xterm-256color", 256).depth == .palette256)
        #expect(profile("xterm-256color", 256, ["COLORTERM": "truecolor"]).depth == .trueColour)
        #expect(profile("xterm-256color", 256, ["COLORTERM": "24bit", "NO_COLOR": "1"]).depth == .none)
        #expect(profile("xterm-256color", 256, ["NO_COLOR": ""]).depth == .palette256)
        #expect(profile("xterm-direct", 1 << 24).depth == .trueColour)
        #expect(profile("linux", 8, ["COLORTERM": "truecolor"]).depth == .eight)
        #expect(profile("vt100", -1, ["COLORTERM": "truecolor"]).depth == .none)
        #expect(profile("screen-256color", 256, ["COLORTERM": "truecolor"]).depth == .palette256)
        #expect(profile("screen-256color", 256, ["COLORTERM": "truecolor", "TMUX": "x"]).depth == .trueColour)
        #expect(profile("vt100", -1, ["NO_COLOR": "1"], colour: .eight).depth == .eight)
    }

    @Test func glyphs() {
        #expect(profile("xterm-256color", 256).glyphs == .braille)
        #expect(profile("xterm-256color", 256, utf8: false).glyphs == .ascii)
        #expect(profile("xterm-256color", 256, utf8: false, glyphs: .braille).glyphs == .ascii)
        #expect(profile("linux", 8).glyphs == .block)
        #expect(profile("linux", 8, glyphs: .braille).glyphs == .braille)
        #expect(profile("vt100", -1).glyphs == .ascii)
        #expect(profile("xterm", 8, glyphs: .block).glyphs == .block)
    }

    @Test func oldTerminalsAreNotAsked() {
        for type in ["linux", "vt100", "vt220", "ansi"] {
            #expect(!profile(type, 8).answersQueries)
            #expect(!profile(type, 8).synchronised)
        }
        #expect(profile("screen", 8).answersQueries)
    }

    @Test func answers() throws {
        let whole = "\u{1B}]11;rgb:fafa/f0f0/e6e6\u{1B}\\\u{1B}[?2026;2$y\u{1B}[?62;c"
        let (value, complete) = try #require(BackgroundQuery.parse(Array(("q" + whole + "x").utf8)))
        #expect(complete)
        #expect(value.background == Colour(0xFAF0E6))
        #expect(value.synchronised)
        #expect(value.typed == Array("qx".utf8))
        #expect(Ground(Colour(0xFAF0E6)) == .light)
        #expect(Ground(Colour(0x1E1E2E)) == .dark)
        #expect(BackgroundQuery.parse(Array("\u{1B}]11;rgb:ff/00/00\u{7}".utf8))?.value.background == Colour(0xFF0000))
        #expect(BackgroundQuery.parse(Array("\u{1B}]11;rgb:zz/00/00\u{7}".utf8))?.value.background == nil)
        // Every cut of an answer is half an answer, and never a trap.
        for count in 0..<whole.utf8.count {
            #expect(BackgroundQuery.parse(Array(whole.utf8.prefix(count)))?.complete == false)
        }
    }

    @Test func hints() {
        #expect(Terminal.ground(hint: "15;0") == .dark)
        #expect(Terminal.ground(hint: "0;default;15") == .light)
        #expect(Terminal.ground(hint: "nonsense") == nil)
        #expect(Terminal.ground(hint: nil) == nil)
    }

    @Test func padding() {
        #expect(Terminal.withoutPadding("\u{1B}[2J$<50>x$<5/>") == "\u{1B}[2Jx")
        #expect(Terminal.withoutPadding("a$<") == "a")
    }
}
