import ArgumentParser
import Evaluation
import HalfSpace

/// How near each index comes to what memory allows.
struct BenchRoofline: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roofline",
        abstract: "The time that an index's reads take at this machine's rates, beside the time that its step takes.",
        discussion: """
            order_mb and random_mb are the bytes that had to move, as the queries counted them; allowed_us is what they take \
            at the rates of a plain read and of random lines, both measured in the same run; quotient is allowed_us over \
            measured_us. Below 60 % loses names what takes most beyond the reads.
            """)

    @OptionGroup var options: BenchOptions

    func run() throws {
        let costs = MachineCosts.measured()
        let printer = BenchPrinter(options.format)
        let benchmark = FitBenchmark(try options.plan(), costs: costs)
        try options.eachKind { input, kind in
            guard let result = try benchmark.measure(input, kind: kind) else { return }
            printer.print([
                "d": .int(input.d), "n": .int(input.n), "index": .text(kind.rawValue),
                "order_mb": .number(result.bytesInOrder / 1e6, digits: 3),
                "random_mb": .number(result.bytesAtRandom / 1e6, digits: 3),
                "read_gbps": .number(costs.far.bytes / 1000, digits: 1),
                "line_ns": .number(costs.far.line * 1000, digits: 2),
                "allowed_us": .number(result.allowed, digits: 1), "measured_us": .number(result.taken, digits: 1),
                "quotient": .number(result.quotient, digits: 2),
                "loses": .text(result.quotient < 0.6 ? benchmark.loss(of: result) : "-"),
            ])
        }
    }
}
