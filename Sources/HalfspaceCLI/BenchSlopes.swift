import ArgumentParser
import Foundation
import HalfSpace

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
        let cold = options.isCold ? ColdCaches() : nil
        // One number of keys fits no line: the range of the published slopes is the default.
        let sizes = options.n.numbers.count > 1 ? options.n.numbers : (14...20).map { 1 << $0 }
        for d in options.d.numbers {
            for choice in options.index.choices {
                var options = options
                options.d = NumberList([d])
                options.n = NumberList(sizes)
                var points: [(n: Double, naive: Double, hsr: Double)] = []
                do {
                    try options.eachSize { input in
                        let result = try DecodeMeasurement.measure(input, choice: choice, options: options, cold: cold)
                        points.append((Double(result.n), result.naive.median, result.hsr.median))
                    }
                } catch let error as IndexCannotServe {
                    Message.complain(error)
                    continue
                }
                let crossing = points.first { $0.hsr <= $0.naive }
                printer.print([
                    "d": .int(d), "index": .text(choice.name), "n_least": .int(sizes.min() ?? 0),
                    "n_most": .int(sizes.max() ?? 0),
                    "hsr_slope": .number(slope(points.map { ($0.n, $0.hsr) }), digits: 3),
                    "naive_slope": .number(slope(points.map { ($0.n, $0.naive) }), digits: 3),
                    "ratio_at_most": .number((points.last.map { $0.naive / $0.hsr }) ?? .nan, digits: 2),
                    "faster_from_n": .int(Int(crossing?.n ?? 0)),
                    "state": .text(options.isCold ? "cold" : "warm"),
                ])
            }
        }
    }

    private func slope(_ points: [(Double, Double)]) -> Double {
        let logs = points.map { (log($0.0), log(max($0.1, 1e-6))) }
        let count = Double(logs.count)
        let (mx, my) = (logs.reduce(0) { $0 + $1.0 } / count, logs.reduce(0) { $0 + $1.1 } / count)
        let above = logs.reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
        let below = logs.reduce(0) { $0 + ($1.0 - mx) * ($1.0 - mx) }
        return below > 0 ? above / below : .nan
    }
}
