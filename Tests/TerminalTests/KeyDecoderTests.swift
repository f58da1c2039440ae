import Screen
import Testing

@testable import Terminal

@Suite struct KeyDecoderTests {
    /// What a terminal sends at once, and then nothing for a while.
    private func keys(_ text: String, takesMouse: Bool = false) -> [InputEvent] {
        var decoder = KeyDecoder(strings: Self.strings)
        decoder.takesMouse = takesMouse
        return decoder.events(Array(text.utf8)) + decoder.expire()
    }

    /// Of a console of Linux, whose function keys look like nothing else.
    private static let strings = KeyStrings([
        Array("\u{1B}[[A".utf8): .function(1), Array("\u{1B}[[B".utf8): .function(2), Array("\u{1B}T".utf8): .pageUp,
    ])

    @Test func plainKeys() {
        #expect(keys("qé日") == [.key(.character("q")), .key(.character("é")), .key(.character("日"))])
        #expect(keys("\r\n\t\u{7F}\u{8}\u{C}\u{1}\u{0}\u{1B}").count == 9)
        #expect(keys("\u{C}") == [.key(.control("l"))])
        #expect(keys("\u{1B}") == [.key(.escape)])
        #expect(keys("\u{1B}q") == [.key(.escape), .key(.character("q"))])
        #expect(keys("\u{1B}\u{1B}") == [.key(.escape), .key(.escape)])
    }

    @Test func keysOfTheEntry() {
        #expect(keys("\u{1B}[[A\u{1B}[[Bq") == [.key(.function(1)), .key(.function(2)), .key(.character("q"))])
        #expect(keys("\u{1B}T") == [.key(.pageUp)])
        #expect(keys("\u{1B}[[Z").isEmpty)
    }

    @Test func keysInSequences() {
        #expect(keys("\u{1B}[A\u{1B}[1;5C\u{1B}OD") == [.key(.up), .key(.right), .key(.left)])
        #expect(keys("\u{1B}[5~\u{1B}[6;2~") == [.key(.pageUp), .key(.pageDown)])
        #expect(keys("\u{1B}OP\u{1B}[15~\u{1B}[1;2Q") == [.key(.function(1)), .key(.function(5)), .key(.function(2))])
    }

    @Test(arguments: [
        "\u{1B}[27;5;108~", "\u{1B}[108;5u", "\u{1B}[<0;60;20M", "\u{1B}[<0;60;20m", "\u{1B}[M !!", "\u{1B}[I\u{1B}[O",
        "\u{1B}[?62;4c", "\u{1B}[?2026;2$y", "\u{1B}[24;80R", "\u{1B}[0n", "\u{1B}[8;24;80t", "\u{1B}[?1;2$y",
        "\u{1B}]11;rgb:1111/2222/3333\u{1B}\\", "\u{1B}]11;rgb:1111/2222/3333\u{7}", "\u{1B}P1$r0m\u{1B}\\",
        "\u{1B}_Gi=1;OK\u{1B}\\", "\u{1B}[200~q0sss\u{1B}[A\u{3}\n\u{1B}[201~", "\u{1B}[<-5;999999999999999999999;1M",
    ]) func whatNobodyPressedPressesNothing(sequence: String) {
        #expect(keys(sequence).isEmpty)
        #expect(keys(sequence + "y") == [.key(.character("y"))])
        // In any pieces.
        for cut in 1..<sequence.utf8.count {
            var decoder = KeyDecoder(strings: Self.strings)
            let bytes = Array((sequence + "y").utf8)
            let events = decoder.events(Array(bytes[..<cut])) + decoder.events(Array(bytes[cut...]))
            #expect(events == [.key(.character("y"))], "cut at \(cut)")
        }
    }

    /// A terminal that sets no marks: what comes at once, and what follows without a pause, is no key.
    @Test func aBurstIsAPasteWhereNoMarksAreSet() {
        var decoder = KeyDecoder(strings: Self.strings)
        decoder.marksPastes = false
        #expect(decoder.events(Array("q0s".utf8)).count == 3)
        #expect(decoder.events(Array("quite a text, with q and 0 and s\r".utf8)).isEmpty)
        #expect(decoder.events(Array("q".utf8)).isEmpty && decoder.patience == 60)
        #expect(decoder.expire().isEmpty && decoder.patience == nil)
        #expect(decoder.events(Array("q".utf8)) == [.key(.character("q"))])
        // Arrows that repeat are no text.
        #expect(decoder.events(Array(String(repeating: "\u{1B}[A", count: 20).utf8)).count == 20)
        decoder.marksPastes = true
        #expect(decoder.events(Array("a text that a script sends".utf8)).count == 26)
    }

    @Test func aPasteOfABookAndOneThatNeverEnds() {
        var decoder = KeyDecoder()
        #expect(decoder.events(Array("a\u{1B}[200~".utf8)) == [.key(.character("a"))])
        for _ in 0..<100 { #expect(decoder.events(Array(String(repeating: "qs0\r", count: 1000).utf8)).isEmpty) }
        #expect(decoder.patience == 1000)
        #expect(decoder.events(Array("\u{1B}[201".utf8)).isEmpty)
        #expect(decoder.events(Array("~b".utf8)) == [.key(.character("b"))])
        #expect(decoder.patience == nil)
        #expect(decoder.events(Array("\u{1B}[200~qqq".utf8)).isEmpty)
        #expect(decoder.expire().isEmpty)
        #expect(decoder.events(Array("b".utf8)) == [.key(.character("b"))])
    }

    @Test func theMouse() {
        func mouse(_ kind: MouseEvent.Kind, _ x: Int, _ y: Int) -> InputEvent {
            .mouse(MouseEvent(kind: kind, x: x, y: y))
        }
        #expect(
            keys("\u{1B}[<0;1;1M\u{1B}[<32;300;90M\u{1B}[<0;300;90m\u{1B}[<64;2;2M\u{1B}[<65;2;2M", takesMouse: true)
                == [
                    mouse(.press, 0, 0), mouse(.drag, 299, 89), mouse(.release, 299, 89), mouse(.wheelUp, 1, 1),
                    mouse(.wheelDown, 1, 1),
                ])
        #expect(keys("\u{1B}[M !!\u{1B}[M#!!", takesMouse: true) == [mouse(.press, 0, 0), mouse(.release, 0, 0)])
        for nonsense in [
            "\u{1B}[<0;0;1M", "\u{1B}[<0;1M", "\u{1B}[<0;1;99999999999999999999M", "\u{1B}[<;;M", "\u{1B}[<99;1;1M",
        ] {
            #expect(keys(nonsense, takesMouse: true).isEmpty)
        }
    }

    @Test func escapeAndABracketMayBeTyped() {
        #expect(keys("\u{1B}[") == [.key(.escape), .key(.character("["))])
        #expect(keys("\u{1B}[27;5").isEmpty)
    }

    @Test func bytesThatAreNoText() {
        var decoder = KeyDecoder()
        #expect(decoder.events([0xE9, 0x71, 0xFF, 0xC3, 0x71]) == [.key(.character("q")), .key(.character("q"))])
        #expect(decoder.events([0xC3]).isEmpty)
        #expect(decoder.events([0xA9]) == [.key(.character("é"))])
        #expect(decoder.events([0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80, 0xC0, 0x80]).isEmpty)
    }

    @Test func answersAreSeen() {
        var decoder = KeyDecoder()
        _ = decoder.events(Array("\u{1B}[?62;4".utf8))
        #expect(!decoder.sawAttributes)
        _ = decoder.events(Array("c".utf8))
        #expect(decoder.sawAttributes)
    }

    @Test func noInputTraps() {
        var random = SystemRandomNumberGenerator()
        let alphabet: [UInt8] = [
            0x1B, 0x5B, 0x4F, 0x5D, 0x3B, 0x31, 0x32, 0x30, 0x7E, 0x41, 0x4D, 0x3C, 0x07, 0x5C, 0x90, 0xE2, 0x82, 0xFF,
            0,
        ]
        var decoder = KeyDecoder(strings: Self.strings)
        decoder.takesMouse = true
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            _ = decoder.events(bytes)
            if Bool.random(using: &random) { _ = decoder.expire() }
        }
    }
}
