import Foundation
import Screen
import Simulation
import TemporaryFiles
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

/// The workload of a person's settings, and the theme that is kept from one time to the next.
@Suite struct ConfigHabitTests {
    private func read(_ text: String) throws -> ConfigFile { try ConfigFile(text: text, path: "config.toml") }

    @Test func theWorkloadHasItsOptions() throws {
        let massive = try read(
            "[workload]\nkind = \"massive\"\nn = 4096\nd = 8\ntemperature = 0.5\nrank = 4\nseed = 7\n"
        ).workload
        #expect(massive?.kind == .massive && massive?.n == 4096 && massive?.d == 8 && massive?.rank == 4)
        #expect(massive?.temperature == 0.5 && massive?.seed == 7 && massive?.line == 1)
        let trace = try read("[workload]\nkind = \"trace\"\ntrace = \"x.safetensors\"\nlayer = 2\nhead = 1").workload
        #expect(trace?.trace == "x.safetensors" && trace?.layer == 2 && trace?.head == 1)
        let model = try read("[workload]\nkind = \"model\"\nprompt = \"To be\"\ntop_p = 0.9\ngenerate = 20").workload
        #expect(model?.prompt == "To be" && model?.topP == 0.9 && model?.generate == 20)
        #expect(try read("theme = \"dark\"").workload == nil)
    }

    @Test(arguments: [
        ("[workload]\nn = 10", 1, "needs a kind"), ("[workload]\nkind = \"masive\"", 2, "did you mean \"massive\""),
        ("[workload]\nkind = \"massive\"\ntrace = \"x\"", 3, "key of the workload massive"),
        ("[workload]\nkind = \"gaussian\"\ntemperature = 2", 3, "temperature"),
        ("[workload]\nkind = \"massive\"\nn = -1", 3, "n must be"), ("workload = \"massive\"", 1, "must be a table"),
        ("[workload]\nkind = \"model\"\ntop_p = 0", 3, "top_p must be"),
        ("[workload]\nkind = \"massive\"\nseed = -1", 3, "seed must be"),
        ("[workload]\nkind = 3", 2, "must be a text"), ("[workload]\nkind = \"trace\"\nd = 4", 3, "d"),
    ])
    func mistakesOfTheWorkloadSayWhereTheyAre(text: String, line: Int, words: String) throws {
        let found = #expect(throws: DemoError.self) { try read(text) }
        #expect(found?.line == line && found?.sentence.contains(words) == true, "\(String(describing: found))")
    }

    private func folder() -> URL {
        temporaryFile("state")
    }

    @Test func aThemeThatWasChosenIsKept() throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let last = LastTheme(file: folder.appendingPathComponent("halfspace/theme"))
        #expect(try read("theme = \"last\"").remembersTheme && !(try read("theme = \"dark\"").remembersTheme))
        var state = DashboardState(themes: ThemeLibrary.standard.all().themes)
        // What it opens with was not chosen.
        last.note(state)
        last.note(state)
        #expect(last.name == nil)
        _ = update(&state, .theme(by: 1))
        last.note(state)
        #expect(last.name == "light")
        // What is tried in the list is not kept, what Enter keeps is.
        _ = update(&state, .themes)
        _ = update(&state, .move(dx: 0, dy: 1))
        last.note(state)
        #expect(last.name == "light")
        _ = update(&state, .confirm)
        last.note(state)
        #expect(last.name == "projector" && last.actions(at: 0).isEmpty)
    }

    @Test func themesOfADemosCaptionsAreNotKept() throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let last = LastTheme(file: folder.appendingPathComponent("theme"))
        var state = DashboardState(themes: ThemeLibrary.standard.all().themes)
        state.demo = DemoPlayer(
            demo: try DemoLibrary.standard.load(try DemoLibrary.standard.file("exactness")), mode: .presented)
        last.note(state)
        state.themeIndex = 2
        last.note(state)
        #expect(last.name == nil)
        _ = update(&state, .theme(by: 1))
        last.note(state)
        #expect(last.name == state.theme.name)
    }

    @Test func whatCannotBeKeptIsSaidAndWhatCannotBeReadIsNone() throws {
        let folder = folder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("file")
        try Data("x".utf8).write(to: file)
        // A file stands where a folder should be.
        let last = LastTheme(file: file.appendingPathComponent("theme"))
        var state = DashboardState(themes: ThemeLibrary.standard.all().themes)
        last.note(state)
        _ = update(&state, .theme(by: 1))
        last.note(state)
        guard case .notice(let text, .warning)? = last.actions(at: 0).first else {
            Issue.record("nothing is said")
            return
        }
        #expect(text.hasPrefix("the theme cannot be kept in ") && last.actions(at: 1).isEmpty)
        for text in ["", "\n", "  \n", "../../etc/passwd\n", "a.toml"] {
            try Data(text.utf8).write(to: file)
            #expect(LastTheme(file: file).name == nil, "\(text)")
        }
        try Data([0xFF, 0xFE, 0x0A]).write(to: file)
        #expect(LastTheme(file: file).name == nil)
        try Data("light \nmore".utf8).write(to: file)
        #expect(LastTheme(file: file).name == "light")
    }

    @Test func theFolderOfTheStateIsThatOfTheStandard() {
        func path(_ environment: [String: String]) -> String { LastTheme.standardFile(environment: environment).path }
        #expect(path(["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/halfspace/theme")
        #expect(path(["XDG_STATE_HOME": "s", "HOME": "/h"]) == "/h/.local/state/halfspace/theme")
        #expect(path(["HOME": "/h"]) == "/h/.local/state/halfspace/theme")
    }
}
