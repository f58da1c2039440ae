import Foundation
import PseudoTerminal
import Testing

extension EndToEnd {
    /// What is not the program's own never reaches the terminal as it is.
    @Suite struct Messages {
        private let folder: Folder

        init() throws { folder = try Folder() }

        /// The clipboard, a second message, the cursor in eight bits, text that runs backwards, very long text.
        private static let kinds = [
            "\u{1B}]52;c;aGFja2Vk\u{7}", "x\nhalfspace: all is well", "\u{9B}2J", "abc\u{202E}txt", "a\u{2028}b\r\u{8}",
            String(repeating: "long", count: 25_000),
        ]

        private func check(
            _ text: String, begins: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let bad = text.unicodeScalars.filter {
                $0 != "\n" && [.control, .format, .lineSeparator].contains($0.properties.generalCategory)
            }
            #expect(bad.isEmpty, "\(bad.map { String($0.value, radix: 16) })", sourceLocation: sourceLocation)
            #expect(text.utf8.count < 6000, sourceLocation: sourceLocation)
            #expect(!text.contains("\nhalfspace: all is well"), sourceLocation: sourceLocation)
            #expect(!text.contains("NSCocoa") && !text.contains("Error Domain"), sourceLocation: sourceLocation)
            guard begins else { return }
            #expect(text.hasPrefix("halfspace: "), "\(text.prefix(80))", sourceLocation: sourceLocation)
        }

        @Test(arguments: kinds) func argumentsAndPaths(raw: String) throws {
            for arguments in [
                [raw], ["--" + raw], ["--n", raw], ["--n=" + raw], ["run", "--theme", raw], ["--theme", raw + ".toml"],
                ["demo", raw], ["demo", "tour", "--chapter", raw], ["demo", "--check", raw],
                ["themes", "--check", "/nowhere/" + raw], ["themes", "--svg", "/dev/null/" + raw],
                ["stream", "--steps", "1", "--trace", "/nowhere/" + raw], ["verify", "--index", raw],
                ["stream", "--steps", "1", "--n", "64", "--outputs", "/nowhere/" + raw], ["evaluate", "--table", raw],
                ["bench", "decode", "--index", raw], ["run", "--log", "/nowhere/" + raw],
            ] {
                let result = try Program.run(arguments)
                #expect(result.status != 0 && result.status != 132 && result.status != 134, "\(arguments[0])")
                check(result.errors)
                check(result.output, begins: false)
            }
        }

        @Test(arguments: kinds) func filesThatSaySo(raw: String) throws {
            // As TOML writes it: escapes for what may not stand in a text.
            let written = raw.unicodeScalars.map { scalar in
                let digits = String(scalar.value, radix: 16)
                return scalar.value < 0x7F && scalar.value >= 0x20
                    ? String(scalar) : "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }.joined()
            let theme = "kind = \"dark\"\nname = \"\(written)\"\nextends = \"\(written)\"\n"
            let known = "name = \"\(written)\"\nextends = \"dark\"\n"
            let demo = """
                title = "\(written)"
                about = "\(written)"
                [[chapter]]
                title = "\(written)"
                [[chapter.caption]]
                text = "a"
                """
            let files = [
                try folder.write("theme.toml", theme), try folder.write("key.toml", "\"\(written)\" = 1\n"),
                try folder.write("raw.toml", raw),
            ]
            for file in files {
                check(try Program.run(["themes", "--check", file]).errors)
                check(try Program.run(["demo", file]).errors)
            }
            let good = try folder.write("good.toml", known)
            check(try Program.run(["themes", "--check", good]).output, begins: false)
            let talk = try folder.write("talk.toml", demo)
            let notes = try Program.run(["demo", talk, "--notes"])
            #expect(notes.status == 0)
            check(String(notes.output.prefix(5000)), begins: false)
            check(try Program.run(["demo", talk, "--chapter", "nothing"]).errors)
        }

        @Test func aListNamesTheBadOneAndGoesOn() throws {
            let config = try Folder()
            for kind in ["themes", "demos"] {
                try FileManager.default.createDirectory(
                    atPath: config.path + "/halfspace/" + kind, withIntermediateDirectories: true)
                try config.write("halfspace/\(kind)/bad\u{1B}]0;x\u{7}.toml", "[\n")
                try config.write("halfspace/\(kind)/worse.toml", "a=[1,}")
            }
            for (command, good) in [("themes", "projector"), ("demo", "tour")] {
                let listed = try Program.run([command], environment: ["XDG_CONFIG_HOME": config.path])
                #expect(listed.status == 0 && listed.output.contains(good))
                #expect(listed.output.contains("worse.toml:1:6: a value is expected"), "\(listed.output)")
                check(listed.output, begins: false)
                let checked = try Program.run(
                    [command, "--check", "worse"], environment: ["XDG_CONFIG_HOME": config.path])
                #expect(checked.status == 65 || checked.status == 66)
                check(checked.errors)
            }
            let program = try PseudoTerminal(
                Program.path, ["--n", "2048"], environment: ["XDG_CONFIG_HOME": config.path, "TERM": "xterm-256color"])
            #expect(program.wait(for: "naive", seconds: 20))
            program.type("q")
            #expect(program.waitForEnd(seconds: 5) == .exited(0))
        }

        @Test func titlesOnTheScreenAndTheNameOfTheTerminal() throws {
            let demo = """
                title = "\\u001b]52;c;aGFja2Vk\\u0007"
                [parameters]
                n = 2048
                [[chapter]]
                title = "\\u001b]52;c;aGFja2Vk\\u0007 in a title"
                [[chapter.caption]]
                text = "\\u001b]52;c;aGFja2Vk\\u0007 \\u009b2J in a caption"
                """
            let program = try PseudoTerminal(
                Program.path, ["demo", try folder.write("talk.toml", demo)], environment: ["TERM": "xterm-256color"],
                width: 120, height: 40)
            #expect(program.wait(for: "caption", seconds: 20))
            program.type("g")
            program.read(for: 0.5)
            program.type("qq")
            _ = program.waitForEnd(seconds: 5)
            #expect(!program.text.contains("\u{1B}]52") && !program.text.contains("\u{9B}"))
            let doctor = try PseudoTerminal(
                Program.path, ["doctor"], environment: ["TERM": "\u{1B}]52;c;aGFja2Vk\u{7}"])
            #expect(doctor.waitForEnd(seconds: 20) != nil)
            #expect(!doctor.text.contains("\u{1B}]52"))
        }
    }
}
