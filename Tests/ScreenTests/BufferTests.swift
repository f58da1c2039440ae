import Testing

@testable import Screen

@Suite struct BufferTests {
    @Test func textIsClippedAtEveryEdge() {
        var buffer = Buffer(width: 6, height: 2)
        buffer.put("abcdef", x: -2, y: 0, style: .plain)
        buffer.put("abcdef", x: 4, y: 1, style: .plain)
        buffer.put("abcdef", x: 0, y: 2, style: .plain)
        #expect(buffer == Buffer(lines: ["cdef  ", "    ab"]))
    }

    @Test func clipHoldsTextInside() {
        var buffer = Buffer(lines: ["......", "......"])
        let clip = Rect(x: 1, y: 0, width: 3, height: 1)
        let after = buffer.put("abcdef", x: 0, y: 0, style: .plain, clip: clip)
        buffer.put("abcdef", x: 0, y: 1, style: .plain, clip: clip)
        #expect(buffer.plainLines == [".bcd..", "......"])
        #expect(after == 6)
    }

    @Test func wideCharactersTakeTwoCellsAndAreNeverHalved() {
        var buffer = Buffer(width: 7, height: 3)
        buffer.put("a日本b", x: 0, y: 0, style: .plain)
        buffer.put("日本語語", x: 0, y: 1, style: .plain)
        buffer.put("日本", x: -1, y: 2, style: .plain)
        #expect(buffer.plainLines == ["a日本b", "日本語", " 本"])
        #expect(buffer[1, 0].glyph.width == 2)
        #expect(buffer[2, 0].glyph.isContinuation)
        #expect(buffer[6, 1] == .blank)
    }

    @Test func overwritingHalfOfAWideCharacterBlanksTheOther() {
        var buffer = Buffer(lines: ["日本"])
        buffer.put("x", x: 1, y: 0, style: .plain)
        #expect(buffer.plainLines == [" x本"])
        buffer = Buffer(lines: ["日本"])
        buffer.put("x", x: 0, y: 0, style: .plain)
        #expect(buffer.plainLines == ["x 本"])
        buffer = Buffer(lines: ["日本"])
        buffer.put("語", x: 1, y: 0, style: .plain)
        #expect(buffer.plainLines == [" 語"])
        #expect(buffer.cells.map(\.glyph.width) == [1, 2, 0, 1])
    }

    @Test func combiningMarksJoinTheirBase() {
        var buffer = Buffer(width: 4, height: 1)
        let end = buffer.put("e\u{301}\u{323}x", x: 0, y: 0, style: .plain)
        #expect(end == 2)
        #expect(buffer[0, 0].glyph.scalars.count >= 2)
        #expect(buffer[1, 0].glyph == "x")
    }

    @Test func controlsAndLoneMarksCannotReachTheTerminal() {
        let buffer = Buffer(lines: ["a\u{1B}[2Jb\tc\u{7F}\u{9B}"])
        #expect(buffer.plainLines == ["a [2Jb c"])
        #expect(Glyph("\u{301}") == .space)
        #expect(Glyph("\r\n") == .space)
    }

    @Test func emojiSequencesKeepTheirFirstScalar() {
        let family = Glyph("👨‍👩‍👧")
        #expect(family.width == 2)
        #expect(family.scalars.count == 1)
        #expect(Glyph("❤\u{FE0F}").scalars.count == 1)
    }

    @Test func outsideReadsBlankAndIgnoresWrites() {
        var buffer = Buffer(width: 2, height: 1)
        buffer[2, 0] = Cell("x")
        buffer[-1, 0] = Cell("x")
        buffer[0, 5] = Cell("x")
        #expect(buffer == Buffer(width: 2, height: 1))
        #expect(buffer[9, 9] == .blank)
        #expect(buffer.row(1).isEmpty)
    }

    @Test func emptyAndNegativeSizesHoldNothing() {
        var buffer = Buffer(width: -3, height: 4)
        buffer.put("x", x: 0, y: 0, style: .plain)
        buffer.fill(Rect(x: 0, y: 0, width: 9, height: 9), with: Cell("x"))
        buffer.frame(Rect(x: 0, y: 0, width: 9, height: 9), style: .plain)
        #expect(buffer.cells.isEmpty)
    }

    @Test func frameCarriesTitles() {
        var buffer = Buffer(width: 24, height: 3)
        buffer.frame(buffer.bounds, style: .plain, title: "time", trailing: "µs, log")
        #expect(
            buffer.plainLines == [
                "┌─ time ───── µs, log ─┐",
                "│                      │",
                "└──────────────────────┘",
            ])
    }

    @Test func narrowFrameShortensTheTitleAndDropsTheOther() {
        var buffer = Buffer(width: 12, height: 2)
        buffer.frame(buffer.bounds, style: .plain, title: "activated", trailing: "keys")
        #expect(buffer.plainLines == ["┌─ activ… ─┐", "└──────────┘"])
        var ascii = Buffer(width: 12, height: 2)
        ascii.frame(ascii.bounds, style: .plain, title: "activated", glyphs: .ascii)
        #expect(ascii.plainLines == ["+- activ~ -+", "+----------+"])
    }

    @Test func alignment() {
        var buffer = Buffer(width: 7, height: 4)
        let area = buffer.bounds
        buffer.put("abc", in: area, row: 0, style: .plain)
        buffer.put("abc", in: area, row: 1, align: .centre, style: .plain)
        buffer.put("abc", in: area, row: 2, align: .trailing, style: .plain)
        buffer.put("abcdefgh", in: area, row: 3, style: .plain)
        #expect(buffer.plainLines == ["abc", "  abc", "    abc", "abcdef…"])
    }

    @Test func wrapping() {
        #expect("a long line of words".wrapped(to: 8) == ["a long", "line of", "words"])
        #expect("extraordinary".wrapped(to: 5) == ["extra", "ordin", "ary"])
        #expect("one\n\ntwo".wrapped(to: 9) == ["one", "", "two"])
        #expect("日本語".wrapped(to: 1).isEmpty == false)
        #expect("x".wrapped(to: 0) == [])
        #expect("a long line of words".wrapped(to: 8, rows: 2) == ["a long", "line of words"])
        #expect("a long line".wrapped(to: 8, rows: 9) == ["a long", "line"])
    }

    @Test func blitAndRestyle() {
        var buffer = Buffer(lines: ["....", "...."])
        buffer.blit(Buffer(lines: ["ab", "cd"]), x: 3, y: 0)
        #expect(buffer.plainLines == ["...a", "...c"])
        buffer.restyle(Rect(x: 0, y: 0, width: 1, height: 1)) { $0.attributes.insert(.reverse) }
        #expect(buffer[0, 0].style.attributes == .reverse)
        #expect(buffer[1, 0].style.attributes == [])
    }

    @Test func textInTheMiddleAndParagraphs() {
        var middle = Buffer(width: 9, height: 4)
        middle.put(centred: "one two three", in: middle.bounds, style: .plain)
        #expect(middle.plainLines == ["", " one two", "  three", ""])

        var paragraphs = Buffer(width: 7, height: 4)
        paragraphs.put(
            paragraphs: ["one two", "three", "a long one"], in: paragraphs.bounds, gap: 1, style: .plain)
        #expect(paragraphs.plainLines == ["one two", "", "three", ""])
    }
}
