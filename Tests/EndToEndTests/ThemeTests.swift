import Foundation
import PseudoTerminal
import Testing

extension EndToEnd {
    /// Themes of a person's own, down to the bytes that reach the terminal.
    @Suite struct Themes {
        private let folder: Folder

        init() throws { folder = try Folder() }

        private static let mine = """
            name = "mine"
            extends = "mono"
            [roles256]
            accent = 201
            [roles8]
            accent = 5
            """

        @Test(arguments: [("xterm-256color", "38;5;201"), ("linux", "[35m"), ("screen", "[35m")])
        func coloursChosenByHandReachTheTerminal(type: String, sequence: String) throws {
            let file = try folder.write("mine.toml", Self.mine)
            // The name of the program is in the accent's colour; bold may come before it.
            func opened(_ theme: String) throws -> String {
                let program = try PseudoTerminal(
                    Program.path, ["--n", "2048", "--theme", theme], environment: ["TERM": type])
                try #require(program.wait(for: "naive", seconds: 20))
                program.type("q")
                #expect(program.waitForEnd(seconds: 5) == .exited(0))
                return program.text.replacingOccurrences(of: ";4", with: "m\u{1B}[4").replacingOccurrences(
                    of: "[1;", with: "[")
            }
            #expect(try opened(file).contains(sequence))
            #expect(try !opened("mono").contains(sequence))
        }

        @Test func anEditIsTakenUpAndAMistakeIsAMessage() throws {
            let file = try folder.write("mine.toml", Self.mine)
            let screen = try Program.open(["--n", "2048", "--theme", file], environment: ["COLORTERM": "truecolor"])
            #expect(screen.wait(for: "naive"))
            try folder.write(
                file,
                Self.mine.replacingOccurrences(of: "[roles256]", with: "[roles]\nbackground = \"#102030\"\n[roles256]"))
            #expect(screen.wait { _ in screen.styledText.contains("48;2;16;32;48") })
            try folder.write(file, Self.mine.replacingOccurrences(of: "201", with: "900"))
            #expect(screen.wait(for: "mine.toml:4: "))
            #expect(screen.styledText.contains("48;2;16;32;48"))
        }

        @Test func aThemeThatCannotBeReadOrIsWrong() throws {
            let wrong = try folder.write("wrong.toml", "extends = \"dark\"\n[roles]\naccnt = \"#ffffff\"\n")
            for (options, status, words) in [
                (["themes", "--check", wrong], 65, "wrong.toml:3: unknown key \"accnt\""),
                (["themes", "--check", "/nowhere/x.toml"], 66, "/nowhere/x.toml: cannot be read"),
                (["themes", "--check", "/nowhere/x.toml", wrong], 65, "wrong.toml:3"),
                (["--theme", "/nowhere/x.toml"], 66, "/nowhere/x.toml: cannot be read"),
                (["--theme", wrong], 65, "wrong.toml:3"), (["--theme", "drak"], 66, "high-contrast"),
            ] {
                let result = try Program.run(options)
                #expect(Int(result.status) == status, "\(options): \(result)")
                #expect(result.errors.contains(words), "\(options): \(result.errors)")
            }
        }
    }

    /// A disk without room, for everything that is written.
    @Suite struct FullDisk {
        private let folder: Folder

        init() throws { folder = try Folder() }

        @Test func outputsRecordsAndRecordings() throws {
            try #require(FileManager.default.fileExists(atPath: "/dev/full"))
            for (options, path) in [
                (["stream", "--steps", "3", "--n", "100", "--outputs", "/dev/full"], "/dev/full"),
                (["demo", "tour", "--headless", "--record", "/dev/full"], "/dev/full"),
                (["demo", "tour", "--svg", "/dev/full/x"], "/dev/full/x"),
            ] {
                let result = try Program.run(options)
                #expect(result.status == 73, "\(options): \(result)")
                #expect(result.errors.contains("\(path) cannot be written"), "\(result.errors)")
            }
            let shell = try PseudoTerminal(
                "/bin/sh", ["-c", "\(Program.path) stream --steps 3 --n 100 >/dev/full; echo status $?"])
            #expect(shell.wait(for: "status 73", seconds: 20), "\(shell.text)")
        }

        /// Files may not grow: to the program it looks as a full disk does.
        @Test func theKeyThatSavesSaysSoAndLeavesNothing() throws {
            let screen = try TmuxScreen([
                "sh", "-c",
                "cd \(folder.path) && trap '' XFSZ && ulimit -f 4 && exec \(Program.path) --n 2048 --log log",
            ])
            #expect(screen.wait(for: "naive"))
            screen.press("s")
            #expect(screen.wait(for: "cannot save in"))
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/halfspace-saved")
            #expect(left.isEmpty, "\(left)")
            screen.press("q")
            #expect(screen.waitForExit() == 0)
        }

        @Test func aTalkGoesOnWithoutItsRecordingAndSaysSoAtTheEnd() throws {
            // A shell goes on after it, as a user's does: a terminal may drop what its last program says.
            let screen = try TmuxScreen([
                "sh", "-c",
                "\(Program.path) demo tour --record /dev/full --log /dev/full; echo status $?; sleep 60",
            ])
            #expect(screen.wait(for: "/dev/full cannot be written"))
            #expect(screen.wait(for: "A model writes one word"))
            screen.press("q", "q")
            #expect(screen.wait(for: "status 73"))
            #expect(screen.text.contains("/dev/full cannot be written"))
        }
    }
}
