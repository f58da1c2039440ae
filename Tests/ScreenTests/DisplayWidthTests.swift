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
}
