import ArgumentParser
import Attention
import Foundation
import HalfSpace
import Workload

/// A list of whole numbers as it is typed: "2,3,4".
struct NumberList: ExpressibleByArgument {
    var numbers: [Int]

    init(_ numbers: [Int]) { self.numbers = numbers }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        let read = parts.compactMap { Int($0) }
        guard read.count == parts.count, !read.isEmpty, read.allSatisfy({ $0 >= 1 }) else { return nil }
        numbers = read
    }

    var defaultValueDescription: String { numbers.map(String.init).joined(separator: ",") }
}

/// A list of indexes as it is typed: "auto", "all" or "tree,quantised".
struct IndexList: ExpressibleByArgument {
    var choices: [IndexChoice]

    init(_ choices: [IndexChoice]) { self.choices = choices }

    init?(argument: String) {
        if argument == "all" {
            choices = IndexKind.allCases.map(IndexChoice.fixed)
            return
        }
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        let read = parts.compactMap { IndexChoice(name: String($0)) }
        guard read.count == parts.count, !read.isEmpty else { return nil }
        choices = read
    }

    var defaultValueDescription: String { choices.map(\.name).joined(separator: ",") }
}

/// How results are printed.
enum BenchFormat: String, CaseIterable, ExpressibleByArgument { case table, json, csv }

/// The options that all benchmarks share.
struct BenchOptions: ParsableArguments {
    @Option(help: "Head dimensions, separated by commas.")
    var d = NumberList([2, 3, 4, 6, 8, 12, 16, 32, 64, 128])
    @Option(help: "Numbers of keys, separated by commas.")
    var n = NumberList([65_536])
    @Option(help: "auto, all, or a list of: \(IndexKind.names).")
    var index = IndexList([.auto])
    @Option(help: "relu, softmax or entmax.")
    var activation = ActivationName.relu
    @Option(help: "α of ReLU (1 to 8) or of entmax (above 1); 1 and 1.5 if left out.")
    var alpha: Double?
    @Option(help: "How the threshold b is chosen.")
    var rule = ThresholdRule.calibrated
    @Option(help: "What is added to the rule's threshold, in standard deviations of the scores.")
    var offset = 0.0
    @Option(help: "b of the manual rule, in score units.")
    var threshold = 0.0
    @Option(help: "Keys kept by the count rule and by topr: a number or n^x.")
    var budget: Budget = .power(0.8)
    @Option(help: "Where keys and queries come from.")
    var workload = WorkloadKind.gaussian
    @Option(help: RankOption.help)
    var rank: Int?
    @Option(help: "A safetensors file for the trace workload.")
    var trace: String?
    @Option(help: "Seed of the workload.")
    var seed: UInt64 = 1
    @Option(help: "Queries measured for each line; more for few keys if left out.")
    var queries: Int?
    @Option(help: "Threads that build the index.")
    var threads = 1
    @Flag(inversion: .prefixedNo, help: "Read a buffer larger than the caches before every timed call (or --warm).")
    var cold = true
    @Flag(help: "Leave in the caches what is there.")
    var warm = false
    @Flag(inversion: .prefixedNo, help: "Compare every reported set with the definition.")
    var check = true
    @Option(help: "How results are printed.")
    var format = BenchFormat.table

    var isCold: Bool { cold && !warm }

    func validate() throws {
        if let queries, queries < 1 { throw ValidationError("--queries must be at least 1") }
        if threads < 1 { throw ValidationError("--threads must be at least 1") }
        _ = try activationValue()
        try RankOption.check(rank, with: workload)
        if let rank, let least = d.numbers.min(), rank > least {
            throw ValidationError("--rank \(rank) is above d = \(least).")
        }
    }

    /// The activation with its α.
    func activationValue() throws -> Activation {
        switch activation {
        case .relu:
            let alpha = alpha ?? 1
            guard alpha == alpha.rounded(), (1...8).contains(alpha) else {
                throw ValidationError("--alpha of relu is a whole number from 1 to 8")
            }
            return .relu(alpha: Int(alpha))
        case .softmax: return .softmax
        case .entmax:
            let alpha = alpha ?? 1.5
            guard alpha > 1, alpha.isFinite else { throw ValidationError("--alpha of entmax is above 1") }
            return .entmax(alpha: alpha)
        }
    }

    func settings() -> ThresholdSettings {
        ThresholdSettings(rule: rule, offset: offset, manual: threshold, budget: budget)
    }

    /// Queries for n keys: enough that medians are steady, few enough that a table is done while one waits.
    func queryCount(_ n: Int) -> Int { queries ?? (n <= 16_384 ? 101 : n <= 262_144 ? 51 : 31) }

    func request(n: Int, d: Int) -> WorkloadRequest {
        WorkloadRequest(kind: workload, seed: seed, n: n, d: d, rank: rank, tracePath: trace)
    }

    /// Calls `body` for every d and n with the workload's keys in a store.
    func eachSize(_ body: (BenchInput) throws -> Void) throws {
        for d in d.numbers {
            for n in n.numbers {
                try body(try BenchInput(try request(n: n, d: d).make()))
            }
        }
    }
}

/// A workload and its keys.
struct BenchInput {
    let workload: any Workload
    let store: KeyValueStore
    let statistics: KeyStatistics

    /// `room` rows can be appended.
    init(_ workload: any Workload, room: Int = 0) throws {
        self.workload = workload
        store = KeyValueStore(
            dimension: workload.dimension, valueDimension: workload.valueDimension,
            capacity: workload.promptLength + room)
        BenchProgress.show("d = \(workload.dimension), n = \(workload.promptLength): making keys")
        try workload.fillPrompt(of: store, progress: { _ in })
        statistics = KeyStatistics(of: store, rows: 0..<store.count)
    }

    var d: Int { store.dimension }
    var n: Int { store.count }

    func query(_ i: Int) throws -> [Float] {
        let steps = workload.stepsPerSequence ?? Int.max
        return try workload.step(i % max(1, steps), sequence: i / max(1, steps)).query
    }
}
