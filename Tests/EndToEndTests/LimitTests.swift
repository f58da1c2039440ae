import Foundation
import PseudoTerminal
import Testing

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

        /// Root may start as many as it likes, so somebody else is asked.
        @Test(.enabled(if: geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0)) func threadsThatMayNotBeHad()
            throws
        {
            let program = try Program.path
            let copy = FileManager.default.temporaryDirectory.appendingPathComponent("halfspace-\(UUID().uuidString)")
            try FileManager.default.copyItem(atPath: program, toPath: copy.path)
            defer { try? FileManager.default.removeItem(at: copy) }
            chmod(copy.path, 0o755)
            let screen = try PseudoTerminal(
                "/usr/bin/setpriv",
                ["--reuid=61234", "--clear-groups", "prlimit", "--nproc=2", copy.path, "--n", "2048"])
            #expect(screen.wait(for: "starts no more threads", seconds: 20), "\(screen.text.suffix(2000))")
            screen.type("q")
            #expect(screen.waitForEnd(seconds: 5) == .exited(0))
        }
    }
}
