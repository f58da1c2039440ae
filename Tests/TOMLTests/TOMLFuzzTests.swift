import Testing

@testable import TOML

/// Broken texts of every kind: the reader says what is wrong, or reads them, and never ends the program.
@Suite struct TOMLFuzzTests {
    private static let whole = """
        title = "x" # a comment
        [a.b]
        c = [1, 2.5, 'three', { four = "five" }]
        "quoted key" = \"\"\"
        lines \\
          of text\"\"\"
        [[list]]
        n = -0x1F
        when.nested = true
        [[list]]
        e = 1e-3
        """

    private static let pieces =
        [
            "[", "]", "[[", "]]", "=", "\"", "\"\"\"", "'", "'''", "{", "}", ",", ".", "\n", "\r", "\r\n", "#", "\\",
            "\\u", "\\U0010FFFF",
        ]
        + [
            "a", "1", "_", "-", "+", "e", "0x", "inf", "nan", "true", " ", "\t", "\u{0}", "\u{7F}", "é", "\u{202E}",
            "[a]\n", "a.b=1\n", "{a=1,",
        ]

    /// Reads a text, and reads again what was understood: keys are distinct and lines are in the text.
    private func check(_ text: String) {
        let lines = text.utf8.count { $0 == 0x0A } + 1
        do {
            check(try TOMLTable(text), lines: lines)
        } catch {
            #expect((1...lines).contains(error.line) && error.column >= 1, "\(error) in \(text.debugDescription)")
            #expect(error.sentence.hasSuffix(".") && !error.sentence.contains("\n"))
        }
    }

    private func check(_ table: TOMLTable, lines: Int) {
        #expect(Set(table.keys).count == table.keys.count)
        for entry in table.entries {
            #expect((1...lines).contains(entry.line) && table[entry.key] != nil)
            for inner in [entry.value] + (entry.value.array ?? []) {
                if let inner = inner.table { check(inner, lines: lines) }
            }
        }
    }

    @Test(arguments: 1...4) func mutations(seed: UInt64) {
        var random = Congruence(state: seed)
        for _ in 0..<2000 {
            var bytes = Array(Self.whole.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...20, using: &random)))
                case 2: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random)?.utf8 ?? "".utf8, at: at)
                default: bytes.removeLast(bytes.count - at)
                }
                if bytes.isEmpty { bytes = [0x0A] }
            }
            check(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test(arguments: 1...4) func soup(seed: UInt64) {
        var random = Congruence(state: seed &+ 99)
        for _ in 0..<2000 {
            let count = Int.random(in: 0...40, using: &random)
            check((0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined())
        }
    }
}

/// The same numbers every time (Knuth's constants).
private struct Congruence: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ state >> 33) &* 0xFF51_AFD7_ED55_8CCD
    }
}
