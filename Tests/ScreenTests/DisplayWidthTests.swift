import Testing

@testable import Screen

@Suite struct DisplayWidthTests {
    @Test func whatTheProgramDraws() {
        for text in ["┌─┐", "⠿⣿", "▀▄█▏", "αµ√≤", "…·×", "▶‖▸"] {
            #expect(DisplayWidth.of(text) == text.count)
        }
        #expect(DisplayWidth.of("日本") == 4)
        #expect(DisplayWidth.of("e\u{301}") == 1)
        #expect(DisplayWidth.of("한글") == 4)
        #expect(DisplayWidth.of("🙂") == 2)
    }

    @Test(arguments: [
        // Letters joined by a virama, vowel signs with and without columns of their own, a nukta, conjoining jamo.
        "क्षत्रिय", "हिन्दी", "ज़िन्दगी", "বাংলা", "தமிழ்", "ไทยน้ำ", "e\u{301}\u{323}", "\u{1112}\u{1161}\u{11AB}",
    ]) func lettersWithMarksKeepThem(text: String) {
        var buffer = Buffer(width: 30, height: 1)
        let end = buffer.put(text, x: 0, y: 0, style: .plain)
        #expect(end == DisplayWidth.of(text))
        let shown = (0..<end).map { buffer[$0, 0].glyph.text }.joined()
        #expect(Array(shown.unicodeScalars) == Array(text.unicodeScalars))
        #expect(buffer[end, 0] == .blank)
    }

    @Test func emojiStayOneGlyph() {
        for text in ["👩‍💻", "👍🏽", "🇩🇪", "❤️"] { #expect(DisplayWidth.of(text) == Glyph(Character(text)).width) }
        // Nothing that a terminal obeys reaches a cell.
        var buffer = Buffer(width: 12, height: 1)
        buffer.put("a\u{1B}[2J\n\u{202E}\u{9B}b", x: 0, y: 0, style: .plain)
        #expect(buffer.row(0).allSatisfy { $0.glyph.base >= 0x20 && $0.glyph.base < 0x7F && $0.glyph.marks == (0, 0) })
    }
}
