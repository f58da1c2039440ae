import ArgumentParser
import Evaluation
import HalfSpace
import Measurement

/// The exponents of time against n, fitted to medians by least squares on logarithms.
struct BenchSlopes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slopes", abstract: "Fit the exponent of time against n, for HSR and for naive.")

    @OptionGroup var options: BenchOptions

    func validate() throws {
        if options.n.numbers.count == 2, options.n.numbers[0] == options.n.numbers[1] {
            throw ValidationError("--n needs two different numbers of keys or more")
        }
    }

    func run() throws {
        let printer = BenchPrinter(options.format)
        let benchmark = DecodeBenchmark(try options.plan())
        // One number of keys fits no line: the range of the published slopes is the default.
        let sizes = options.n.numbers.count > 1 ? options.n.numbers : (14...20).map { 1 << $0 }
        for d in options.d.numbers {
            for choice in options.index.choices {
                var slope = SlopeMeasurement()
                let isServed = try options.skippingUnserved {
                    for n in sizes {
                        slope.add(try benchmark.measure(try options.input(n: n, d: d), choice: choice))
                    }
                }
                guard isServed, let last = slope.points.last else { continue }
                printer.print([
                    "d": .int(d), "index": .text(choice.name), "n_least": .int(sizes.min() ?? 0),
                    "n_most": .int(sizes.max() ?? 0),
                    "hsr_slope": .number(slope.hsrExponent ?? .nan, digits: 3),
                    "naive_slope": .number(slope.naiveExponent ?? .nan, digits: 3),
                    "ratio_at_most": .number(last.ratio, digits: 2),
                    "faster_from_n": .int(slope.fasterFrom ?? 0), "state": .text(options.state),
                ])
            }
        }
    }
}
