import ArgumentParser

/// Every measurement that the README quotes, repeatable from the command line.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure half-space reporting against dense attention on this machine.",
        subcommands: [
            BenchDecode.self, BenchTopR.self, BenchPrefill.self, BenchInit.self, BenchAppend.self, BenchSlopes.self,
            BenchModel.self, BenchScreen.self, BenchPrecision.self, BenchFit.self, BenchRoofline.self,
        ])
}
