import ArgumentParser
import Foundation
import HalfSpace
import Measurement

/// Compares every index with the definition on hard point sets for as long as it is told.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that every index reports exactly the half-space, on random, degenerate and extreme keys.",
        discussion: "Prints what was covered. A difference is printed with the command that repeats it, and exits 1.")

    @Option(parsing: .unconditional, help: "How long to look, in seconds, at each level.")
    var seconds = 10.0
    @Option(parsing: .unconditional, help: "The first case; the others follow from it.")
    var seed: UInt64 = 1
    @Option(parsing: .unconditional, help: "Stop after so many cases.")
    var cases: Int?
    @Option(help: "The indexes to try, by name, separated by commas (all, and auto, if not given).")
    var index: String?
    @Option(
        help: """
            The levels of the kernels to try, by name, separated by commas, or all that this processor has \
            (the one in use, if not given).
            """)
    var level: String?

    func validate() throws {
        if !(seconds > 0 && seconds <= 1e6) { throw ValidationError("--seconds must be above 0 and at most a million") }
        if let cases, cases < 1 { throw ValidationError("--cases must be at least 1") }
        _ = try choices()
        _ = try levels()
    }

    private func choices() throws -> [IndexChoice] {
        try (index ?? "").split(separator: ",").map { name in
            guard let choice = IndexChoice(name: String(name)) else {
                throw ValidationError("'\(name)' is no index; there are auto, \(IndexKind.names)")
            }
            return choice
        }
    }

    private func levels() throws -> [KernelLevel] {
        guard let level else { return [.inUse] }
        if level == "all" { return KernelLevel.served() }
        do {
            return try level.split(separator: ",").map { try KernelLevel(named: String($0)) }
        } catch {
            throw ValidationError("--level: \(error).")
        }
    }

    func run() throws {
        for level in try levels() {
            level.use()
            try verify(at: level)
        }
    }

    private func verify(at level: KernelLevel) throws {
        var verifier = IndexVerifier(seed: seed, choices: try choices())
        let watch = Stopwatch()
        do {
            repeat { try verifier.runCase() } while watch.seconds < seconds && verifier.tally.cases < cases ?? .max
        } catch let mismatch as IndexVerifier.Mismatch {
            print("differs from the definition: \(mismatch)")
            print(
                "repeat it with: halfspace verify --seed \(mismatch.seed) --cases 1 --index \(mismatch.index) "
                    + "--level \(level.name)")
            throw ExitCode(1)
        }
        print("\(level.name): \(Self.line(verifier.tally))")
    }

    private static func line(_ tally: IndexVerifier.Tally) -> String {
        func range(_ r: ClosedRange<Int>?) -> String { r.map { "\($0.lowerBound)…\($0.upperBound)" } ?? "none" }
        let served = tally.served.sorted { $0.key < $1.key }.map { name, count in
            let refused = tally.refused[name] ?? 0
            return "\(name) \(count)\(refused > 0 ? " (\(refused) refused)" : "")"
        }
        let idle = tally.refused.keys.filter { tally.served[$0] == nil }.sorted().map { "\($0) 0 (all refused)" }
        return "no difference in \(tally.cases) cases: d \(range(tally.dimensions)), n \(range(tally.counts)), "
            + "\(tally.shapes.count) shapes of keys; \(tally.sets) sets, \(tally.sums) sums, \(tally.largest) largest sets; "
            + "cases by index: " + (served + idle).joined(separator: ", ")
    }
}
