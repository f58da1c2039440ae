import Dashboard
import Foundation
import TemporaryFiles
import Testing

extension EndToEnd {
    /// What the program says to shells, to man(1) and of itself.
    @Suite struct Shells {
        @Test func theVersionNamesCommitAndLevel() throws {
            let result = try Program.run(["--version"])
            #expect(result.status == 0 && result.errors.isEmpty)
            let pattern = #/halfspace, commit (unknown|[0-9a-f]{7,40}(\+|-dirty)?), SIMD level [a-z0-9]+\n/#
            #expect(try pattern.wholeMatch(in: result.output) != nil, "\(result.output)")
        }

        @Test(arguments: ["bash", "zsh", "fish"]) func completionsNameEveryCommand(_ shell: String) throws {
            let result = try Program.run(["completions", shell])
            #expect(result.status == 0)
            for word in ["stream", "bench", "demo", "evaluate", "workload", "theme", "speaker", "completions"] {
                #expect(result.output.contains(word), "\(word)")
            }
            // A shell that is here reads it without a complaint.
            let file = temporaryFile("completions.\(shell)")
            try Data(result.output.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "command -v \(shell) >/dev/null || exit 0; exec \(shell) -n '\(file.path)'"]
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }

        /// The page, `halfspace keys` and the dispatch are of one table.
        @Test func theManualAndTheListOfKeysHaveEveryKey() throws {
            let (manual, keys) = (try Program.run(["manual"]), try Program.run(["keys"]))
            #expect(manual.status == 0 && keys.status == 0)
            let plain = manual.output.replacingOccurrences(of: "\\-", with: "-")
            for binding in BindingTable.standard.helpLines {
                #expect(plain.contains(binding.title), "\(binding.title)")
                #expect(keys.output.contains(binding.title), "\(binding.title)")
            }
            #expect(plain.hasPrefix(".TH HALFSPACE 1") && plain.contains("halfspace bench decode"))
            for option in ["--workload", "--theme", "--fps", "--speaker"] { #expect(plain.contains(option)) }
            // A line that begins with a point is a request, and all of ours are known.
            for line in manual.output.split(separator: "\n") where line.hasPrefix(".") {
                #expect([".TH", ".SH", ".SS", ".TP", ".B", ".nf", ".fi"].contains { line.hasPrefix($0) }, "\(line)")
            }
        }

        @Test(arguments: ["bsh", ""]) func anotherShellIsRefused(_ shell: String) throws {
            let result = try Program.run(["completions", shell])
            #expect(result.status == 64 && result.errors.contains("bash"))
        }
    }
}
