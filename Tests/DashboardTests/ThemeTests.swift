import Foundation
import TemporaryFiles
import Testing

@testable import Dashboard

@Suite struct ThemeTests {
    private let dark: String

    init() throws {
        let url = try #require(ThemeLibrary.standard.files.first { $0.name == "dark" }?.url)
        dark = try String(contentsOf: url, encoding: .utf8)
    }

    private func failure(_ text: String) -> String {
        do {
            _ = try ThemeFile(text: text, path: "x.toml").resolved(over: nil)
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test func theShippedThemesAreSound() {
        let (themes, errors) = ThemeLibrary.standard.all()
        #expect(errors == [])
        #expect(themes.map(\.name).starts(with: ["dark", "light"]))
        #expect(Set(themes.map(\.name)).count == themes.count)
    }

    @Test(arguments: [
        ("kind = \"dark\"", "kind = \"grey\"", "x.toml:3: kind is \"grey\"; it must be dark, light and mono."),
        ("text = ", "txt = ", "x.toml:7: unknown key \"txt\" in [roles]"),
        ("[series]", "[lines]", "x.toml:17: unknown key \"lines\""),
        ("\"#e4e8f1\"", "\"white\"", "x.toml:7: \"white\" is no colour; write \"#rrggbb\""),
        ("\"#e4e8f1\"", "7", "x.toml:7: roles.text must be a text in quotation marks."),
        ("\"#e4e8f1\"", "\"#20242c\"", "x.toml:7: roles.text #20242c has a contrast of"),
        ("warn = \"#f2c14e\"\n", "", "x.toml:5: [roles] lacks warn: add it"),
        ("\"#5b1a6e\"", "\"#fafafa\"", "x.toml:27: ramps.heat does not rise in lightness from #fafafa to #c43d57"),
        ("heat = [\"#0b0714\"", "heat = [\"#0b0714\", \"#0b0715\"", "must be a list of 2 to 5 colours"),
        ("kind = \"dark\"", "kind = ", "x.toml:3:8: a value is expected."),
        ("kind = \"dark\"", "[\n", "x.toml:3:2: a key is expected"),
        ("kind = \"dark\"", "a=[1,}", "x.toml:3:6: a value is expected"),
    ])
    func whatIsWrongIsToldWithItsLine(_ old: String, _ new: String, _ expected: String) {
        let text = dark.replacingOccurrences(of: old, with: new)
        #expect(text != dark)
        let message = failure(text)
        #expect(message.contains(expected), "\(message)")
    }

    @Test func aThemeExtendsAnotherByName() throws {
        let folder = temporaryFile("themes")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String, _ text: String) throws {
            try text.write(to: folder.appendingPathComponent(name + ".toml"), atomically: true, encoding: .utf8)
        }
        try write("mine", "extends = \"dark\"\n[roles]\naccent = \"#ffffff\"\n")
        try write("round", "extends = \"trip\"\n")
        try write("trip", "extends = \"round\"\n")
        try write("lost", "kind = \"dark\"\nextends = \"nowhere\"\n")
        let library = ThemeLibrary(folders: [folder] + ThemeLibrary.standard.folders)
        let mine = try library.theme("mine")
        #expect(mine.name == "mine")
        #expect(mine.kind == .dark)
        #expect(mine[.accent].hex == "#ffffff")
        #expect(mine[.text].hex == "#e4e8f1")
        #expect(try library.theme(folder.appendingPathComponent("mine.toml").path) == mine)
        #expect(throws: ThemeError.self) { try library.theme("round") }
        let messages = library.all().errors.map(\.description)
        #expect(messages.count == 3)
        #expect(messages.contains { $0.contains("lost.toml:2: extends \"nowhere\"") })
        #expect(throws: ThemeError.self) { try library.theme("no such theme") }
    }

    @Test func everyShippedThemeHasItsKindAndHandMadeRamps() {
        let themes = ThemeLibrary.standard.all().themes
        #expect(
            themes.map(\.name).starts(with: ["dark", "light", "projector", "high-contrast", "colour-blind", "mono"]))
        for theme in themes {
            for ramp in Theme.RampName.allCases {
                #expect((theme.levels(of: ramp, depth: .palette256)?.count ?? 0) >= 6, "\(theme.name)")
            }
            #expect(theme.adapted(to: .eight)[.background] != theme.adapted(to: .eight)[.text], "\(theme.name)")
        }
    }

    @Test(arguments: [
        ("background = 233", "background = 7", "roles256.background must be a colour number from 16 to 255"),
        ("heat = [16, 233", "heat = [231, 233", "ramps256.heat does not rise"),
        ("muted = 246", "muted = 236", "roles256.muted #303030 has a contrast of"),
        ("hsr = 2", "hsr = 9", "series8.hsr must be a colour number from 0 to 7"),
    ])
    func theChoicesForSmallPalettesAreChecked(_ old: String, _ new: String, _ expected: String) {
        let text = dark.replacingOccurrences(of: old, with: new)
        #expect(text != dark)
        #expect(failure(text).contains(expected), "\(failure(text))")
    }

    @Test func aChangedFileIsNoticedOnce() throws {
        let folder = temporaryFile("themes")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("mine.toml")
        try dark.write(to: file, atomically: true, encoding: .utf8)
        let watcher = ThemeWatcher(library: ThemeLibrary(folders: [folder]))
        #expect(watcher.poll()?.themes == nil)
        try "broken = ".write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: file.path)
        let found = try #require(watcher.poll())
        #expect(found.themes.isEmpty)
        #expect(found.errors.count == 1)
        #expect(watcher.poll()?.themes == nil)
    }

    @Test func aChangeBehindALinkAndAReplacementOfTheSameTimeAreNoticed() throws {
        let folder = temporaryFile("themes")
        let kept = folder.appendingPathComponent("kept")
        let themes = folder.appendingPathComponent("themes")
        for folder in [kept, themes] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = kept.appendingPathComponent("mine.toml")
        try dark.write(to: target, atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(
            at: themes.appendingPathComponent("mine.toml"), withDestinationURL: target)
        let watcher = ThemeWatcher(library: ThemeLibrary(folders: [themes]))
        #expect(watcher.poll()?.themes == nil)
        // An edit of the same length that brings the old time along.
        let before = try FileManager.default.attributesOfItem(atPath: target.path)[.modificationDate] as? Date
        try dark.replacingOccurrences(of: "#e4e8f1", with: "#e4e8f2").write(
            to: target, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.modificationDate: try #require(before)], ofItemAtPath: target.path)
        #expect(watcher.poll()?.themes.first?[.text].hex == "#e4e8f2")
        #expect(watcher.poll()?.themes == nil)
    }

    @Test func aBadFileIsALineInAListAndTheOthersAreRead() throws {
        let folder = temporaryFile("themes")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let bad: [String: Data] = [
            "list": Data("[\n".utf8), "brace": Data("a=[1,}".utf8), "empty": Data(), "bytes": Data([0xFF, 0xFE, 0]),
            "deep": Data(("a=" + String(repeating: "[", count: 200_000)).utf8), "huge": Data(count: 2 << 20),
        ]
        for (name, data) in bad { try data.write(to: folder.appendingPathComponent("\(name).toml")) }
        // Neither a folder nor a pipe that nobody writes into holds it up.
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("folder.toml"), withIntermediateDirectories: true)
        #expect(mkfifo(folder.appendingPathComponent("pipe.toml").path, 0o600) == 0)
        let library = ThemeLibrary(folders: [folder] + ThemeLibrary.standard.folders)
        let (themes, errors) = library.all()
        #expect(themes.count == ThemeLibrary.standard.all().themes.count)
        #expect(errors.count == bad.count)
        #expect(throws: ThemeError.self) { try library.theme(folder.appendingPathComponent("pipe.toml").path) }
    }

    @Test func aBrokenEditKeepsTheLastGoodTheme() {
        var state = DashboardState(themes: [Fixture.theme])
        _ = update(&state, .themesChanged([]))
        #expect(state.theme == Fixture.theme)
        var other = Fixture.theme
        other.name = "other"
        _ = update(&state, .themesChanged([other]))
        #expect(state.theme == Fixture.theme)
        var edited = Fixture.theme
        edited.roles[.text] = edited[.accent]
        _ = update(&state, .themesChanged([other, edited]))
        #expect(state.theme == edited)
    }
}
