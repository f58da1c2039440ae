import ArgumentParser
import Assets
import Foundation
import HalfSpace
import Simulation
import Terminal

@main
struct Halfspace: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "halfspace",
        abstract: "Watch attention become sparse: half-space reporting against dense attention, live.",
        version: "halfspace, commit \(SourceCommit.short ?? "unknown"), SIMD level \(KernelLevel.inUse.name)",
        subcommands: [
            Run.self,
            Stream.self,
            Bench.self,
            Evaluate.self,
            Trace.self,
            Models.self,
            Verify.self,
            DemoCommand.self,
            Themes.self,
            Keys.self,
            Doctor.self,
            Completions.self,
            Manual.self,
        ],
        defaultSubcommand: Run.self
    )

    static func main() {
        CrashReports.withoutQuestions()
        CrashReports.unblockSignals()
        EngineThreads.surround(first: CrashReports.protectThread, last: Heap.giveBack)
        if let problem = Assets.problem, getenv("HALFSPACE_SHARE") != nil {
            Message.complain(problem)
            Self.exit(withError: ExitCode(66))
        }
        do {
            var command = try parseAsRoot()
            try SIMDChoice.check()
            try CostChoice.check()
            CostChoice.use()
            try reportingFailure { try command.run() }
        } catch {
            Message.exit(error)
        }
    }
}
