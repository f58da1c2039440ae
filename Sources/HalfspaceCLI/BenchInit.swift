import ArgumentParser
import Attention
import Foundation
import HalfSpace

/// What an index costs before its first query.
struct BenchInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Time to build each index, in milliseconds and in naive steps, and the steps until it has paid.")

    @OptionGroup var options: BenchOptions

    func run() throws {
        let printer = BenchPrinter(options.format)
        let cold = options.isCold ? ColdCaches() : nil
        try options.eachSize { input in
            for choice in options.index.choices {
                do {
                    let result = try DecodeMeasurement.measure(input, choice: choice, options: options, cold: cold)
                    let initMicroseconds = result.statistics.initSeconds * 1e6
                    let saved = result.naive.median - result.hsr.median
                    printer.print([
                        "d": .int(input.d), "n": .int(input.n), "index": .text(choice.name),
                        "kind": .text(result.statistics.kind.rawValue), "threads": .int(options.threads),
                        "init_ms": .number(initMicroseconds / 1000, digits: 2),
                        "naive_us": .number(result.naive.median, digits: 1),
                        "hsr_us": .number(result.hsr.median, digits: 1),
                        "naive_steps": .number(initMicroseconds / result.naive.median, digits: 1),
                        "break_even_steps": .number(saved > 0 ? initMicroseconds / saved : .infinity, digits: 1),
                        "bytes_per_key": .number(
                            Double(result.statistics.bytes) / Double(max(1, input.n)), digits: 1),
                        "store_bytes_per_key": .int(input.store.bytesHeld / max(1, input.n)),
                    ])
                } catch let error as IndexCannotServe {
                    BenchProgress.clear()
                    Message.complain(error)
                }
            }
        }
    }
}
