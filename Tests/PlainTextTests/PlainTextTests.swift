import PlainText
import Testing

@Suite struct PlainTextTests {
    @Test(arguments: [
        ("dark", "dark"),
        ("naïve café “quoted” 日本語 हिन्दी 👩‍💻", "naïve café “quoted” 日本語 हिन्दी 👩‍💻"),
        ("\u{1B}]52;c;aGk=\u{7}", "\\u{1B}]52;c;aGk=\\u{7}"),
        ("a\nhalfspace: all is well\r\n\tb", "a\\nhalfspace: all is well\\r\\n\\tb"),
        ("\u{9B}2J\u{7F}\u{0}", "\\u{9B}2J\\u{7F}\\u{0}"),
        ("abc\u{202E}cba\u{2066}\u{200F}", "abc\\u{202E}cba\\u{2066}\\u{200F}"),
        ("a\u{2028}b\u{2029}c\u{FEFF}d\u{AD}\u{E0041}", "a\\u{2028}b\\u{2029}c\\u{FEFF}d\\u{AD}\\u{E0041}"),
    ]) func whatIsObeyedIsWrittenOut(raw: String, plain: String) {
        #expect(raw.plain() == plain)
    }

    @Test func longTextKeepsItsEnds() {
        let long = "begin" + String(repeating: "x", count: 100_000) + "end"
        let plain = long.plain(30)
        #expect(plain.count == 30 && plain.hasPrefix("begin") && plain.hasSuffix("xend") && plain.contains("x…x"))
        // One character for Swift, a hundred thousand for a terminal.
        let tower = "a" + String(repeating: "\u{301}", count: 100_000)
        #expect(tower.plain(30).unicodeScalars.count == 30)
        #expect("12345678".plain(-5) == "12345678")
    }

    @Test func nothingObeyedIsLeftOfAnyScalar() {
        let all = (0...0x10FFFF).compactMap(Unicode.Scalar.init)
        for block in stride(from: 0, to: all.count, by: 4096) {
            var raw = ""
            raw.unicodeScalars.append(contentsOf: all[block..<min(all.count, block + 4096)])
            let plain = raw.plain(5000)
            #expect(
                plain.unicodeScalars.allSatisfy {
                    let category = $0.properties.generalCategory
                    return category != .control && category != .lineSeparator && category != .paragraphSeparator
                        && (category != .format || $0.value == 0x200C || $0.value == 0x200D)
                })
        }
    }
}
