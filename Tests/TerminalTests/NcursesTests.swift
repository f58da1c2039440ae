import CNcurses
import Screen
import Testing

@testable import Terminal

/// ncurses has one state for a whole process: everything that opens a screen stands here, one test after another.
@Suite(.serialized) struct NcursesTests {
    private func open(
        _ type: String = "xterm-256color", _ colour: ColourDepth? = nil, width: Int = 20, height: Int = 4,
        glyphs: GlyphLevel? = nil
    ) throws -> Terminal {
        var options = Terminal.Options()
        options.colour = colour
        options.glyphs = glyphs
        return try .headless(type: type, width: width, height: height, options: options)
    }

    @Test func showsWhatWasDrawn() throws {
        let terminal = try open()
        defer { terminal.close() }
        #expect(terminal.size == (20, 4))
        var buffer = Buffer(lines: [
            "┌─ title ──────────┐", "│ a日本b e\u{301} ⠿▀    │", "│ αµ√≤            │", "└──────────────────┘",
        ])
        terminal.draw(buffer)
        #expect(terminal.readBack().plainLines == buffer.plainLines)
        buffer.put("x", x: 4, y: 1, style: .plain)
        terminal.draw(buffer)
        #expect(terminal.readBack().plainLines == buffer.plainLines)
        buffer = Buffer(width: 20, height: 4)
        terminal.draw(buffer)
        #expect(terminal.readBack().plainLines == ["", "", "", ""])
    }

    @Test func randomPicturesLeaveNothingStale() throws {
        let terminal = try open(width: 37, height: 9)
        defer { terminal.close() }
        var random = SystemRandomNumberGenerator()
        let pieces = ["a", "日", "e\u{301}", "⣿", "▀", " ", "🙂", "界x"]
        var buffer = Buffer(width: 37, height: 9)
        for round in 0..<300 {
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                buffer.put(
                    pieces[Int.random(in: 0..<pieces.count, using: &random)],
                    x: Int.random(in: -2..<38, using: &random),
                    y: Int.random(in: 0..<9, using: &random),
                    style: Style(Colour(UInt32.random(in: 0...0xFFFFFF, using: &random) & 0xC0C0C0)))
            }
            terminal.draw(buffer)
            guard terminal.readBack().plainLines == buffer.plainLines else {
                Issue.record("round \(round):\n\(buffer)\nbecame\n\(terminal.readBack())")
                return
            }
        }
    }

    @Test func colourAtEachDepth() throws {
        let style = Style(Colour(0xFF8700), on: Colour(0x0000AF), [.bold, .underline])
        let expected: [ColourDepth: (Int, Int)] = [
            .trueColour: (0xFF8700, 0x0000AF), .palette256: (208, 19), .eight: (1, 4), .none: (-1, -1),
        ]
        for depth in ColourDepth.allCases {
            let terminal = try open("xterm-256color", depth)
            defer { terminal.close() }
            #expect(terminal.profile.depth == depth)
            var buffer = Buffer(width: 20, height: 4)
            buffer.put("colour", x: 0, y: 0, style: style)
            terminal.draw(buffer)
            let back = try #require(terminal.styleBack(0, 0))
            #expect(back.attributes == [.bold, .underline])
            #expect((back.foreground, back.background) == expected[depth] ?? (-2, -2), "\(depth)")
        }
    }

    @Test(arguments: [
        "xterm-256color", "tmux-256color", "screen", "linux", "rxvt", "xterm", "vt100", "screen-256color",
    ])
    func everyTypeTakesEveryDepth(type: String) throws {
        for depth in ColourDepth.allCases {
            let terminal = try open(type, depth)
            defer { terminal.close() }
            var buffer = Buffer(width: 20, height: 4)
            for x in 0..<20 { buffer[x, 0] = Cell("x", Style(Colour(UInt32(x) * 0x0C0804), on: Colour(0x101010))) }
            terminal.draw(buffer)
            #expect(terminal.readBack().plainLines[0] == String(repeating: "x", count: 20))
            #expect(terminal.profile.depth == depth)
        }
    }

    @Test func textDoesNotVanishWhereTwoColoursBecomeOne() throws {
        for depth in [ColourDepth.eight, .palette256] {
            let terminal = try open("xterm-256color", depth)
            defer { terminal.close() }
            var buffer = Buffer(width: 20, height: 4)
            buffer.put("muted", x: 0, y: 0, style: Style(Colour(0x121214), on: Colour(0x101012)))
            buffer.put("pale", x: 0, y: 1, style: Style(Colour(0xF0F0F0), on: Colour(0xFAFAFA)))
            terminal.draw(buffer)
            for row in 0...1 {
                let back = try #require(terminal.styleBack(0, row))
                #expect(back.foreground != back.background)
            }
        }
    }

    @Test func moreColoursThanPairs() throws {
        let terminal = try open("xterm-256color", .trueColour, width: 200, height: 60)
        defer { terminal.close() }
        var buffer = Buffer(width: 200, height: 60)
        for round in 0..<7 {
            for at in 0..<12000 {
                buffer[at % 200, at / 200] = Cell(
                    "▀", Style(Colour(UInt32(round * 12000 + at)), on: Colour(UInt32(at))))
            }
            terminal.draw(buffer)
        }
        for (x, y) in [(0, 0), (199, 59), (77, 31)] {
            let back = try #require(terminal.styleBack(x, y))
            #expect(back.foreground == 6 * 12000 + y * 200 + x)
            #expect(back.background == y * 200 + x)
        }
    }

    @Test func asciiLevelSendsNothingElse() throws {
        let terminal = try open("vt100", nil)
        defer { terminal.close() }
        #expect(terminal.profile.glyphs == .ascii)
        #expect(terminal.profile.depth == .none)
        terminal.draw(Buffer(lines: ["┌ α日⠿▀ ┐", "plain"]))
        let lines = terminal.readBack().plainLines
        #expect(lines.joined().utf8.allSatisfy { $0 < 0x80 })
        #expect(lines[0] == "+ a? :# +")
    }

    @Test func pictureOfAnotherSize() throws {
        let terminal = try open(width: 10, height: 3)
        defer { terminal.close() }
        terminal.draw(Buffer(lines: ["123456789日本", "b", "c", "d"]))
        #expect(terminal.readBack().plainLines == ["123456789", "b", "c"])
        terminal.draw(Buffer(lines: ["z"]))
        #expect(terminal.readBack().plainLines == ["z", "", ""])
        terminal.draw(Buffer(width: 0, height: 0))
        #expect(terminal.readBack().plainLines == ["", "", ""])
    }

    @Test func refusals() {
        #expect(throws: TerminalError.unknownType("no-such-terminal")) { try open("no-such-terminal") }
        #expect(throws: TerminalError.cannotMoveCursor("dumb")) { try open("dumb") }
        #expect(throws: TerminalError.noType) { try open("") }
        let sentence = TerminalError.notATerminal("standard output").description
        #expect(sentence.contains("halfspace stream"))
    }

    @Test func closedTerminalsDoNothing() throws {
        let terminal = try open()
        terminal.close()
        terminal.close()
        terminal.draw(Buffer(width: 3, height: 3))
        #expect(terminal.events(within: 0) == [.closed])
    }

    /// ncurses asks the C library for widths; where the two differ a `?` is shown, so they must agree nearly everywhere.
    @Test func widthsAgreeWithTheCLibrary() throws {
        _ = Terminal.chooseLocale()
        var differing: [String] = []
        var asked = 0
        for value in UInt32(0x20)..<0x30000 {
            guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age, age.major < 13,
                scalar.properties.generalCategory != .privateUse
            else { continue }
            let theirs = Int(hs_wcwidth(wchar_t(bitPattern: value)))
            guard theirs >= 0 else { continue }
            asked += 1
            if theirs != DisplayWidth.of(scalar) { differing.append(String(value, radix: 16)) }
        }
        #expect(asked > 100_000)
        #expect(differing.count < 20, "\(differing.count): \(differing.prefix(200))")
    }
}
