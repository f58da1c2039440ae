import Foundation
import PseudoTerminal
import TemporaryFiles
import Testing

extension EndToEnd {
    /// `halfspace demo` as a person meets it: played, edited while it plays, recorded, and given what is wrong.
    @Suite struct Demos {
        private let folder: Folder

        init() throws { folder = try Folder() }

        private static let talk = """
            title = "Talk"
            seed = 3
            [parameters]
            n = 600
            d = 3
            index = "tree"
            [[chapter]]
            title = "First things"
            [[chapter.caption]]
            text = "The first caption."
            steps = 12
            expect = "every missed == 0"
            claim = "reported > 0"
            [[chapter.caption]]
            text = "The second caption."
            steps = 12
            claim = "reported > 0"
            [[chapter]]
            title = "Last things"
            [[chapter.caption]]
            text = "The third caption."
            steps = 12
            claim = "reported > 0"
            """

        private func play(_ options: [String], width: Int = 120, height: Int = 40) throws -> TmuxScreen {
            try TmuxScreen(
                [try Program.path, "demo"] + options, environment: ["XDG_CONFIG_HOME": folder.path], width: width,
                height: height)
        }

        @Test func aClickerTurnsItsPages() throws {
            let file = try folder.write("talk.toml", Self.talk)
            let screen = try play([file])
            #expect(screen.wait(for: "The first caption."))
            screen.press("PageDown")
            #expect(screen.wait(for: "The second caption."))
            screen.press("PageDown")
            #expect(screen.wait { $0.contains("The third caption.") && $0.contains("2/2") })
            screen.press("PageUp")
            #expect(screen.wait(for: "The second caption."))
            // The keys for a dark screen, and what lights it again.
            for key in ["b", "."] {
                screen.press(key)
                #expect(screen.wait { $0.allSatisfy(\.isWhitespace) })
                screen.press(key)
                #expect(screen.wait(for: "The second caption."))
            }
            screen.press("B")
            #expect(screen.wait(for: "LIVE"))
            screen.press("Enter")
            #expect(screen.wait { $0.contains("The second caption.") && !$0.contains("LIVE") })
            screen.press("q")
            #expect(screen.wait(for: "q again leaves"))
            screen.press("q")
            #expect(screen.waitForExit() == 0)
        }

        @Test func theSpeakersScreenFollows() throws {
            let file = try folder.write("talk.toml", Self.talk)
            let runtime = folder.path + "/run"
            try FileManager.default.createDirectory(
                atPath: runtime, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            func screen(_ options: [String]) throws -> TmuxScreen {
                try TmuxScreen(
                    [try Program.path, "demo", file] + options,
                    environment: ["XDG_CONFIG_HOME": folder.path, "XDG_RUNTIME_DIR": runtime], width: 100, height: 30)
            }
            let speaker = try screen(["--speaker"])
            #expect(speaker.wait(for: "Waits for the talk"))
            let talk = try screen([])
            #expect(talk.wait(for: "The first caption."))
            #expect(speaker.wait { $0.contains("The first caption.") && $0.contains("The second caption.") })
            talk.press("PageDown")
            #expect(speaker.wait { $0.contains("[Last things]") && $0.contains("The third caption.") })
            talk.press("b")
            #expect(speaker.wait(for: "DARK"))
            talk.press("q", "q")
            #expect(talk.waitForExit() == 0)
            #expect(speaker.wait(for: "Waits for the talk"))
            speaker.press("q")
            #expect(speaker.waitForExit() == 0)
        }

        @Test func whatItIncludesIsReadAgainAndAMistakeIsAMessage() throws {
            let part = try folder.write("halfspace/demos/part.toml", Self.talk)
            let file = try folder.write("whole.toml", "title = \"Whole\"\ninclude = [\"part\"]\n")
            let screen = try play([file])
            #expect(screen.wait(for: "The first caption."))
            try folder.write(part, Self.talk.replacingOccurrences(of: "The first", with: "The edited"))
            #expect(screen.wait(for: "The edited caption."))
            try folder.write(part, Self.talk.replacingOccurrences(of: "steps = 12", with: "stps = 12"))
            #expect(screen.wait(for: "did you mean \"steps\""))
            #expect(screen.text.contains("part.toml:11"))
            try folder.write(part, Self.talk.replacingOccurrences(of: "The first", with: "The mended"))
            #expect(screen.wait(for: "The mended caption."))
        }

        @Test func aWindowTooSmallForItSaysSoAndStaysLive() throws {
            let file = try folder.write("talk.toml", "size = [100, 30]\n" + Self.talk)
            let screen = try play([file], width: 90, height: 26)
            #expect(screen.wait { $0.contains("wants 100") && $0.contains("has 90") })
            screen.press("d")
            #expect(screen.wait { $0.contains("LIVE") && $0.contains("d 2") })
            screen.resize(width: 120, height: 40)
            screen.press("Enter")
            #expect(screen.wait(for: "The first caption."))
        }

        @Test func aKioskPassesOverMistakesAndKeepsALog() throws {
            let file = try folder.write("talk.toml", Self.talk)
            let log = folder.path + "/log"
            let screen = try play([file, "--kiosk", "--speed", "20", "--log", log])
            #expect(screen.wait(for: "The third caption.", seconds: 30))
            try folder.write(file, Self.talk + "\nnonsense")
            #expect(
                screen.wait(seconds: 20) { _ in
                    (try? String(contentsOfFile: log, encoding: .utf8))?.contains("talk.toml:") == true
                })
            // A whole round later nothing of it was ever seen.
            #expect(screen.wait(for: "The first caption.", seconds: 30))
            #expect(screen.wait(for: "The third caption.", seconds: 30))
            #expect(!screen.text.contains("talk.toml"))
            // What cannot run is passed over as well: there is no such file of keys.
            try folder.write(
                file,
                Self.talk.replacingOccurrences(
                    of: "title = \"Last things\"",
                    with: "title = \"Last things\"\nparameters = { index = \"net\", d = 64 }"))
            #expect(
                screen.wait(seconds: 20) { _ in
                    (try? String(contentsOfFile: log, encoding: .utf8))?.contains("cannot run") == true
                })
            #expect(screen.wait(for: "The second caption.", seconds: 30))
        }

        @Test func aRecordingOfALiveTalkHoldsItsChapters() throws {
            let file = try folder.write("talk.toml", Self.talk)
            let cast = folder.path + "/talk.cast"
            let screen = try play([file, "--record", cast])
            #expect(screen.wait(for: "The first caption."))
            screen.press("]")
            #expect(screen.wait(for: "The third caption."))
            screen.resize(width: 100, height: 30)
            #expect(screen.wait { $0.contains("The third caption.") && $0.contains("2/2") })
            screen.press("q")
            #expect(screen.wait(for: "q again leaves"))
            screen.press("q")
            #expect(screen.waitForExit() == 0)
            let lines = try String(contentsOfFile: cast, encoding: .utf8).split(separator: "\n")
            let header = try #require(try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
            #expect(header["version"] as? Int == 2 && header["width"] as? Int == 120)
            let events = try lines.dropFirst().map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [Any])
            }
            let marks = events.filter { $0[1] as? String == "m" }.compactMap { $0[2] as? String }
            #expect(marks == ["First things", "Last things"])
            // A recording holds the cells that changed: of the caption before it only one word did.
            #expect(events.contains { ($0[2] as? String)?.contains("third") == true })
        }

        @Test func checkingGoesForthAndBack() throws {
            let file = try folder.write("talk.toml", Self.talk)
            let good = try Program.run(["demo", "--check", file])
            #expect(good.status == 0 && good.output.hasPrefix("ok"), "\(good)")
            let wrong = try folder.write(
                "wrong.toml", Self.talk.replacingOccurrences(of: "missed == 0", with: "missed == 1"))
            let bad = try Program.run(["demo", "--check", wrong])
            #expect(bad.status == 1 && bad.output.contains("wrong.toml:9: "), "\(bad)")
        }

        @Test func badInputIsOneClearSentence() throws {
            let file = try folder.write("talk.toml", Self.talk)
            let broken = try folder.write(
                "broken.toml", Self.talk.replacingOccurrences(of: "steps = 12", with: "steps = \"x\""))
            for (options, status, words) in [
                (["tuor"], 66, "tour"), (["/nowhere/x.toml"], 66, "/nowhere/x.toml"),
                ([file, "--chapter", "9"], 64, "First things"),
                ([broken, "--notes"], 65, "broken.toml:11: steps must be"),
                (["--check", broken], 65, "broken.toml:11: "), (["--check", "/nowhere/x.toml"], 66, "/nowhere/x.toml"),
                ([file, "--headless", "--record", "/nowhere/x.cast"], 73, "/nowhere/x.cast"),
                ([file, "--speed", "0"], 64, "--speed"), ([file, "--theme", "drak", "--svg", folder.path], 66, "dark"),
                ([file, "--size", "10x10", "--svg", folder.path], 64, "size"),
            ] {
                let result = try Program.run(["demo"] + options)
                #expect(Int(result.status) == status, "\(options): \(result)")
                #expect(result.errors.contains(words), "\(options): \(result.errors)")
            }
        }
    }
}

/// A folder for a test's files, gone with it.
final class Folder {
    let path: String

    init() throws {
        let url = temporaryFile("demos")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file below the folder, or at a path in it; its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let url =
            name.hasPrefix("/") ? URL(fileURLWithPath: name) : URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }
}
