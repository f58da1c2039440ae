import Screen
import Testing

@testable import Terminal

@Suite struct KeyDecoderTests {
    private func keys(_ text: String) -> [InputEvent] {
        KeyDecoder().events(text.unicodeScalars.map { .character($0.value) })
    }

    @Test func plainKeys() {
        #expect(keys("qé日") == [.key(.character("q")), .key(.character("é")), .key(.character("日"))])
        #expect(keys("\r\n\t\u{7F}\u{8}\u{C}\u{1}\u{0}\u{1B}").count == 9)
        #expect(keys("\u{C}") == [.key(.control("l"))])
        #expect(keys("\u{1B}") == [.key(.escape)])
        #expect(keys("\u{1B}q") == [.key(.escape), .key(.character("q"))])
    }

    @Test func functionKeys() {
        let named: [(String, Key)] = [
            ("KEY_UP", .up), ("kUP5", .up), ("KEY_NPAGE", .pageDown), ("KEY_BTAB", .backTab),
            ("KEY_F(5)", .function(5)),
            ("KEY_F(17)", .function(5)), ("kRIT3", .right), ("KEY_LL", .end),
        ]
        for (name, key) in named {
            #expect(KeyDecoder().events([.function(400, name: name)]) == [.key(key)])
        }
        #expect(KeyDecoder().events([.function(999, name: "kxIN")]).isEmpty)
    }

    @Test func sequencesThatNcursesDoesNotKnow() {
        #expect(keys("\u{1B}[1;5C") == [.key(.right)])
        #expect(keys("\u{1B}[5~\u{1B}[6;2~") == [.key(.pageUp), .key(.pageDown)])
        #expect(keys("\u{1B}OP\u{1B}[15~") == [.key(.function(1)), .key(.function(5))])
        #expect(keys("\u{1B}[I\u{1B}[O").isEmpty)
        #expect(keys("\u{1B}[?62;4c") == [])
        #expect(keys("\u{1B}]11;rgb:1111/2222/3333\u{1B}\\q") == [.key(.character("q"))])
        #expect(keys("\u{1B}]11;rgb:1111/2222/3333\u{7}q") == [.key(.character("q"))])
    }

    @Test func escapeAndABracketMayBeTyped() {
        #expect(keys("\u{1B}[") == [.key(.escape), .key(.character("["))])
        #expect(keys("\u{1B}[q") == [.key(.escape), .key(.character("[")), .key(.character("q"))])
        #expect(keys("\u{1B}Ox") == [.key(.escape), .key(.character("O")), .key(.character("x"))])
    }

    @Test func noInputTraps() {
        var random = SystemRandomNumberGenerator()
        let alphabet: [UInt32] = [
            0x1B, 0x5B, 0x4F, 0x5D, 0x3B, 0x31, 0x7E, 0x41, 0x07, 0x5C, 0x90, 0xD800, 0x110000, 0,
        ]
        for _ in 0..<2000 {
            let codes = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                KeyDecoder.Code.character(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            _ = KeyDecoder().events(codes)
        }
    }
}
