import Screen
import Simulation
import Testing

@testable import Dashboard

/// The person's settings, and keys that stand for others.
@Suite struct ConfigTests {
    private func read(_ text: String) throws -> ConfigFile { try ConfigFile(text: text, path: "config.toml") }

    @Test func itSaysHowTheDashboardOpens() throws {
        let config = try read(
            """
            theme = "light"
            colour = "256"
            glyphs = "ascii"
            fps = 5
            mouse = false
            pace = 2.5
            [keys]
            "ö" = "p"
            "Q" = "q"
            """)
        #expect(config.theme == "light" && config.colour == .palette256 && config.glyphs == .ascii)
        #expect(config.fps == 5 && config.mouse == false && config.pace == .stepsPerSecond(2.5))
        #expect(config.keys == [.character("ö"): .character("p"), .character("Q"): .character("q")])
        #expect(try read("pace = \"full\"").pace == .full)
        #expect(try read("") == ConfigFile())
    }

    @Test(arguments: [
        ("them = \"dark\"", 1, "did you mean \"theme\""), ("colour = \"265\"", 1, "did you mean \"256\""),
        ("fps = 0", 1, "from 1 to 60"), ("fps = 61", 1, "from 1 to 60"), ("mouse = 1", 1, "true or false"),
        ("pace = 0", 1, "pace must be a number"), ("\n[keys]\n\"xy\" = \"q\"", 3, "is no key"),
        ("[keys]\n\"x\" = \"nothing\"", 2, "no key of the program"), ("theme = ", 1, ""),
    ])
    func mistakesSayWhereTheyAre(text: String, line: Int, words: String) throws {
        let found = #expect(throws: DemoError.self) { try read(text) }
        #expect(found?.line == line && found?.description.hasPrefix("config.toml:\(line)") == true)
        #expect(words.isEmpty || found?.sentence.contains(words) == true, "\(String(describing: found))")
    }

    @Test func aKeyOfAnotherLayoutIsTheOneInItsPlace() {
        let table = BindingTable.standard
        func name(_ key: Character, _ keys: [Key: Key] = [:]) -> String? {
            table.action(of: .character(key), standingFor: keys).map { "\($0)" }
        }
        // й is on q, в on d, Ζ on Z, φ on f.
        #expect(name("й") == name("q") && name("в") == name("d") && name("φ") == name("f") && name("в") != nil)
        #expect(name("В") == name("D") && name("Ι") == name("I"))
        #expect(name("中") == nil)
        // The person's own wish goes before.
        #expect(name("й", [.character("й"): .character("t")]) == name("t"))
        #expect(name("q", [.character("q"): .character("t")]) == name("t"))
    }
}
