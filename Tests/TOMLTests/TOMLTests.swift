import Testing

@testable import TOML

@Suite struct TOMLTests {
    private func read(_ text: String) throws -> TOMLTable { try TOMLTable(text) }

    private func value(_ text: String) throws -> TOMLValue? { try read("k = \(text)")["k"] }

    @Test(arguments: [
        ("0", 0), ("+99", 99), ("-17", -17), ("-0", 0), ("1_000", 1000), ("5_349_221", 5_349_221),
        ("0xDEAD_beef", 0xDEAD_BEEF),
        ("0o01234567", 0o1234567), ("0b1101", 13), ("9223372036854775807", .max), ("-9223372036854775808", .min),
    ]) func integers(text: String, expected: Int) throws { #expect(try value(text) == .integer(expected)) }

    @Test(arguments: [
        ("1.0", 1.0), ("+3.1415", 3.1415), ("-0.01", -0.01), ("5e+22", 5e22), ("1e06", 1e6), ("-2E-2", -0.02),
        ("6.626e-34", 6.626e-34), ("224_617.445_991_228", 224_617.445_991_228), ("inf", .infinity),
        ("-inf", -.infinity),
    ]) func floats(text: String, expected: Double) throws { #expect(try value(text) == .float(expected)) }

    @Test func notANumber() throws { #expect(try value("+nan")?.double?.isNaN == true) }

    @Test(arguments: [
        ("\"a \\\"b\\\" \\t\\u00e9\\U0001F600\\\\\"", "a \"b\" \té😀\\"), ("''", ""), ("'C:\\Users\\n'", "C:\\Users\\n"),
        ("\"\"\"\nRoses\r\nare \\\n\n   red\"\"\"", "Roses\nare red"),
        ("\"\"\"\"two\"\" marks\"\"\"\"\"", "\"two\"\" marks\"\""),
        ("'''\nfirst\n '' second'''", "first\n '' second"), ("''''in'''''", "'in''"),
        ("\"# no comment\"", "# no comment"),
        ("\"日本 e\u{301}\"", "日本 e\u{301}"), ("\"\"", ""), ("\"\"\"\"\"\"", ""),
    ]) func strings(text: String, expected: String) throws { #expect(try value(text) == .string(expected)) }

    @Test func lists() throws {
        #expect(try value("[]") == .array([]))
        let mixed = try #require(value("[ 1, 'a', [2.5, true], # first\n\n{ x = false }\n, ]")?.array)
        #expect(mixed.prefix(3) == [.integer(1), .string("a"), .array([.float(2.5), .boolean(true)])])
        #expect(mixed.count == 4 && mixed[3].table?["x"] == .boolean(false))
    }

    @Test func tablesOfEveryKind() throws {
        let table = try read(
            """
            # the whole
            title = "x"
            a.b."c d" = 1
            a.b.e = 2
            point = { x = 1, y.z = 'deep' }

            [servers.alpha]
            ip = "10.0.0.1"
            [servers]
            count = 2
            [[fruit]]
            name = "apple"
            [fruit.physical]
            colour = "red"
            [[fruit.variety]]
            name = "a"
            [[fruit.variety]]
            name = "b"
            [[fruit]]
            [dotted]
            taste.sweet = true
            [dotted.taste.more]
            """)
        #expect(table.keys == ["title", "a", "point", "servers", "fruit", "dotted"])
        #expect(table["a"]?.table?["b"]?.table?["c d"] == .integer(1))
        #expect(table["point"]?.table?["y"]?.table?["z"] == .string("deep"))
        #expect(table["servers"]?.table?.keys == ["alpha", "count"])
        let fruit = try #require(table["fruit"]?.array)
        #expect(
            fruit.count == 2 && fruit[0].table?["variety"]?.array?.count == 2 && fruit[1].table?.entries.isEmpty == true
        )
        #expect(fruit[0].table?["physical"]?.table?["colour"] == .string("red"))
        #expect(table.line(of: "title") == 2 && table.line(of: "fruit") == 11)
        #expect(fruit[1].table?.line == 19 && fruit[0].table?["physical"]?.table?.line(of: "colour") == 14)
        #expect(table.line == nil && table.line(of: "nothing") == nil)
    }

    @Test(arguments: [
        // What ended the program with the library that stood here before.
        ("[\n", 1, 2, "a key is expected"), ("a=[1,}", 1, 6, "a value is expected"),
        ("a = 1\na = 2", 2, 1, "\"a\" was given before in line 1"), ("a = 1\na.b = 2", 2, 1, "given before"),
        ("[a]\n[a]", 2, 1, "given before in line 1"), ("[a.b]\n[a]\nb.c = 1", 3, 1, "given before"),
        ("[f]\na.b = 1\n[f.a]", 3, 1, "given before"), ("a = {}\n[a.b]", 2, 1, "given before"),
        ("a = []\n[[a]]", 2, 1, "given before"),
        ("[[a]]\n[a]", 2, 1, "given before"), ("a = { b = 1 }\na.c = 2", 2, 1, "given before"),
        ("a = { b = 1, b = 2 }", 1, 14, "given before"),
        ("a = 1 b = 2", 1, 7, "the line ends"), ("a = ", 1, 5, "a value is expected"),
        ("a", 1, 2, "comes = and a value"),
        ("= 1", 1, 1, "a key is expected"), ("a = \"x", 1, 5, "not closed"), ("a = '''x''", 1, 5, "not closed"),
        ("a = \"x\n\"", 1, 5, "not closed on its line"), ("a = \"\\x\"", 1, 6, "no such escape"),
        ("a = \"\\uD800\"", 1, 6, "no Unicode scalar"),
        ("a = \"\\u12\"", 1, 6, "4 hexadecimal"), ("a = [1 2]", 1, 8, "comes a comma"), ("a = [1", 1, 5, "not closed"),
        ("a = { b = 1, }", 1, 14, "a key is expected"), ("a = { b = 1\n}", 1, 12, "one line"),
        ("a = 01", 1, 5, "begin with a zero"),
        ("a = 1__0", 1, 5, "well formed"), ("a = 1.", 1, 5, "well formed"), ("a = 1.e3", 1, 5, "well formed"),
        ("a = .5", 1, 5, "no value"),
        ("a = 0x", 1, 5, "well formed"), ("a = 0b2", 1, 5, "well formed"),
        ("a = 9223372036854775808", 1, 5, "too large"), ("a = 1e999", 1, 5, "too large"),
        ("a = 1979-05-27", 1, 5, "dates and times"), ("a = 07:32:00", 1, 5, "dates and times"),
        ("a = yes", 1, 5, "\"yes\" is no value"),
        ("a = \"\u{1}\"", 1, 6, "U+0001"), ("# \u{7F}", 1, 3, "U+007F"), ("a = 1\rb = 2", 1, 6, "carriage return"),
        ("\"\"\"a\"\"\" = 1", 1, 1, "one line"),
        ("[a]]", 1, 4, "the line ends"), ("[[a]", 1, 5, "ends with ]]"), ("[]", 1, 2, "a key is expected"),
        ("é = 1", 1, 1, "a key is expected"),
        ("ok = 1\n  日本 = 1", 2, 3, "a key is expected"), ("k = \"é\" x", 1, 9, "the line ends"),
    ]) func mistakes(text: String, line: Int, column: Int, words: String) {
        let error = #expect(throws: TOMLError.self) { try read(text) }
        #expect(
            error?.line == line && error?.column == column && error?.sentence.contains(words) == true,
            "\(text): \(String(describing: error))")
    }

    @Test func depthIsBounded() throws {
        let deep = 100_000
        for text in [
            "a = " + String(repeating: "[", count: deep), "a = " + String(repeating: "{ a = ", count: deep),
            "[" + Array(repeating: "a", count: deep).joined(separator: ".") + "]",
            Array(repeating: "a", count: deep).joined(separator: ".") + " = 1",
        ] {
            let error = #expect(throws: TOMLError.self) { try read(text) }
            #expect(error?.sentence.contains("64 deep") == true)
        }
        let fits = "a = " + String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(try read(fits)["a"] != nil)
    }

    @Test func aLongListOfTablesTakesNoLonger() throws {
        let count = 50_000
        #expect(try read(String(repeating: "[[a]]\nb = 1\n", count: count))["a"]?.array?.count == count)
    }
}
