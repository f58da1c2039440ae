import Foundation
import PseudoTerminal
import TemporaryFiles
import Testing

/// Root may start as many threads as it likes, so somebody else is asked.
private let canTurnAway = geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0

extension EndToEnd {
    /// Limits that the system sets, met before it ends the program.
    @Suite struct Limits {
        @Test(arguments: ["-v 900000", "-d 300000"]) func memoryThatMayNotBeHad(limit: String) throws {
            let run = try PseudoTerminal(
                "/bin/sh",
                [
                    "-c",
                    "ulimit \(limit); \(Program.path) stream --workload gaussian --steps 1 --n 8000000 --d 16; echo status $?",
                ])
            #expect(run.wait(for: "status", seconds: 30))
            #expect(run.text.contains("GB is available; lower n or d") && run.text.contains("status 64"), "\(run.text)")
        }

        /// TERM ends a stream that has no end at once, though the parent had blocked it.
        @Test(arguments: [["--steps=9223372036854775807"], ["--steps=9223372036854775807", "--n", "300", "--d", "2"]])
        func termEndsAStreamAtOnce(options: [String]) throws {
            let run = try PseudoTerminal(
                "/usr/bin/env", ["--block-signal=TERM", Program.path, "stream", "--workload", "gaussian"] + options)
            #expect(run.wait(for: "\"step\":3", seconds: 60))
            let clock = ContinuousClock()
            let start = clock.now
            run.send(signal: SIGTERM)
            #expect(run.waitForEnd(seconds: 10) == .signalled(SIGTERM))
            #expect(clock.now - start < .seconds(2))
        }

        /// Runs the program, or rather a copy that anybody may read, with so many threads and processes at most.
        private func limited(to threads: Int, _ arguments: [String], _ body: (PseudoTerminal) throws -> Void) throws {
            let copy = temporaryFile("program")
            try FileManager.default.copyItem(atPath: Program.path, toPath: copy.path)
            defer { try? FileManager.default.removeItem(at: copy) }
            chmod(copy.path, 0o755)
            try body(
                PseudoTerminal(
                    "/usr/bin/setpriv",
                    ["--reuid=61234", "--clear-groups", "prlimit", "--nproc=\(threads)", copy.path] + arguments))
        }

        @Test(.enabled(if: canTurnAway)) func threadsThatMayNotBeHad() throws {
            try limited(to: 2, ["--n", "2048"]) { screen in
                #expect(screen.wait(for: "starts no more threads", seconds: 20), "\(screen.text.suffix(2000))")
                screen.type("q")
                #expect(screen.waitForEnd(seconds: 5) == .exited(0))
            }
        }

        /// Without a screen one thread does it all.
        @Test(
            .enabled(if: canTurnAway),
            arguments: [
                ["stream", "--workload", "gaussian", "--steps", "2", "--n", "2048"],
                ["bench", "prefill", "--warm", "--n", "256", "--d", "4", "--rounds", "1"],
                ["trace", "minilm-layer1", "--head", "0", "--queries", "2"],
            ])
        func oneThreadIsEnough(arguments: [String]) throws {
            try limited(to: 1, arguments) { run in
                #expect(run.waitForEnd(seconds: 60) == .exited(0), "\(run.text.suffix(2000))")
            }
        }
    }
}
