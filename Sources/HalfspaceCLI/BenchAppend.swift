import ArgumentParser
import Attention
import Foundation
import HalfSpace
import Measurement

/// A growing cache: what taking in each new key costs, and the worst pause.
struct BenchAppend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append", abstract: "Append keys one by one and time what the index does for each.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Keys appended.")
    var keys = 20_000

    func validate() throws {
        if keys < 1 { throw ValidationError("--keys must be at least 1") }
    }

    func run() throws {
        let printer = BenchPrinter(options.format)
        let activation = try options.activationValue()
        for d in options.d.numbers {
            for n in options.n.numbers {
                // The workload makes the rows that are appended too: a prompt longer by `keys`, cut where appending starts.
                let make = { try options.request(n: n + keys, d: d).make() }
                for choice in options.index.choices {
                    let workload = try make()
                    let source = try BenchInput(workload)
                    let store = KeyValueStore(
                        dimension: source.store.dimension, valueDimension: source.store.valueDimension,
                        capacity: source.n)
                    let start = max(0, source.n - keys)
                    try copy(source.store, 0..<start, to: store)
                    let index: ReportingIndex
                    do {
                        index = try ReportingIndex(store: store, choice: choice, threads: options.threads)
                    } catch let error as IndexCannotServe {
                        Message.complain(error)
                        continue
                    }
                    var (times, busy) = ([Double](), [Double]())
                    let sparse = SparseAttention(index: index)
                    let dense = DenseAttention(store: store)
                    let output = AttentionOutput(valueDimension: store.valueDimension)
                    let chooser = ThresholdChooser(settings: options.settings(), activation: activation)
                    var (naive, hsr) = ([Double](), [Double]())
                    for row in start..<source.n {
                        try copy(source.store, row..<row + 1, to: store)
                        let began = ThreadClock.nanoseconds
                        let time = Stopwatch.microseconds { index.extend() }
                        busy.append(Double(ThreadClock.nanoseconds - began) / 1000)
                        times.append(time)
                        guard (row - start) % max(1, keys / 50) == 0 else { continue }
                        let query = try source.query(row)
                        let chosen = chooser.choose(query, over: source.statistics)
                        hsr.append(
                            try Stopwatch.microseconds {
                                try sparse.attend(query, activation: activation, threshold: chosen, into: output)
                            })
                        let b = sparse.threshold
                        naive.append(
                            Stopwatch.microseconds {
                                dense.attend(query, activation: activation, threshold: b, into: output)
                            })
                    }
                    let (spent, step) = (Samples(times), Samples(naive))
                    // Reading the clocks takes about as long as an append.
                    let (clock, threadClock) = (Self.clockCost(), Self.threadClockCost())
                    let mean = max(0, spent.mean - clock)
                    let worst = max(0, Samples(busy).largest - threadClock)
                    let statistics = index.statistics
                    printer.print([
                        "d": .int(store.dimension), "n": .int(start), "index": .text(choice.name),
                        "kind": .text(statistics.kind.rawValue), "appended": .int(times.count),
                        "mean_us": .number(mean, digits: 3), "p99_us": .number(spent.quantile(0.99), digits: 3),
                        "worst_us": .number(spent.largest, digits: 1), "worst_cpu_us": .number(worst, digits: 1),
                        "naive_us": .number(step.median, digits: 1),
                        "hsr_us": .number(Samples(hsr).median, digits: 1),
                        "mean_share": .number(mean / step.median, digits: 6),
                        "worst_share": .number(spent.largest / step.median, digits: 3),
                        "worst_cpu_share": .number(worst / step.median, digits: 3),
                        "merges": .int(statistics.merges), "blocks": .int(statistics.blocks),
                        "tail": .int(statistics.tail),
                        "bytes_per_key": .number(Double(statistics.bytes) / Double(max(1, store.count)), digits: 1),
                    ])
                }
            }
        }
    }

    /// Microseconds that timing nothing takes.
    private static func clockCost() -> Double { Samples((0..<1001).map { _ in Stopwatch.microseconds {} }).median }

    private static func threadClockCost() -> Double {
        let times = (0..<1001).map { _ in
            let began = ThreadClock.nanoseconds
            _ = Stopwatch.microseconds {}
            return Double(ThreadClock.nanoseconds - began) / 1000
        }
        return Samples(times).median
    }

    private func copy(_ source: KeyValueStore, _ rows: Range<Int>, to store: KeyValueStore) throws {
        var at = rows.lowerBound
        while at < rows.upperBound {
            let end = min(at + 65_536, rows.upperBound)
            let keys = Array(source.keys[at * source.dimension..<end * source.dimension])
            let values = Array(source.values[at * source.valueDimension..<end * source.valueDimension])
            try store.append(keys: keys, values: values)
            at = end
        }
    }
}
