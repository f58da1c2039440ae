import ArgumentParser
import Evaluation
import Foundation
import HalfSpace
import Measurement

/// How well steps are predicted: every index's own reckoning beside the clock.
struct BenchFit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Compare what each index is predicted to take of a step with what it takes.",
        discussion: """
            predicted_us is what the planner reckons from a sample of the keys and this machine's costs, counted_us the same \
            from what the queries really read; error is predicted over measured, less 1. The planner compares cold steps.
            """)

    @OptionGroup var options: BenchOptions
    @Flag(help: "Print this machine's costs, measured now, and nothing else.")
    var machine = false

    func run() throws {
        if machine { return Self.print(MachineCosts.measured()) }
        let printer = BenchPrinter(options.format)
        let benchmark = FitBenchmark(try options.plan(), costs: .current)
        var errors: [Double] = []
        try options.eachKind { input, kind in
            guard let result = try benchmark.measure(input, kind: kind) else { return }
            errors.append(abs(result.error))
            printer.print([
                "d": .int(input.d), "n": .int(input.n), "index": .text(kind.rawValue),
                "measured_us": .number(result.taken, digits: 1), "predicted_us": .number(result.predicted, digits: 1),
                "error": .number(result.error, digits: 2), "counted_us": .number(result.counted, digits: 1),
                "naive_us": .number(result.naive, digits: 1), "dense_us": .number(result.dense, digits: 1),
            ])
        }
        guard options.format == .table, !errors.isEmpty else { return }
        let spread = Samples(errors)
        let origin = benchmark.costs.isMeasured ? "measured on this machine" : "assumed"
        func percent(_ x: Double) -> String { String(format: "%.0f %%", 100 * x) }
        Swift.print(
            "\(errors.count) steps, costs \(origin): median error \(percent(spread.median)), "
                + "worst \(percent(spread.largest))")
    }

    /// The named quantities with their units.
    private static func print(_ costs: MachineCosts) {
        func line(_ name: String, _ value: Double, _ unit: String) {
            let padded = name.padding(toLength: 28, withPad: " ", startingAt: 0)
            Swift.print("\(padded)\(String(format: "%10.4g", value)) \(unit)")
        }
        for (place, memory) in [("far", costs.far), ("near", costs.near)] {
            line("\(place): read in order", memory.bytes / 1000, "GB/s")
            line("\(place): a line from anywhere", memory.line * 1000, "ns")
            line("\(place): a line beside it", memory.beside * 1000, "ns")
            line("\(place): a line waited for", memory.wait * 1000, "ns")
        }
        line("what stays near", costs.nearBytes / Double(1 << 20), "MiB")
        line("float32 products", costs.products / 1000, "a nanosecond")
        line("entries of codes", costs.codes / 1000, "a nanosecond")
        line("exponentials", costs.exponentials / 1000, "a nanosecond")
        Swift.print(
            costs.isMeasured
                ? "measured on \(Machine.processor) with \(Machine.kernels)"
                : "assumed: this machine cannot be measured")
    }
}
