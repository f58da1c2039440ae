import ArgumentParser
import Attention
import Evaluation
import Foundation
import HalfSpace
import Simulation
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

/// A list of number formats as it is typed: "f32,bf16".
struct FormatList: ExpressibleByArgument {
    var formats: [NumberFormat]

    init(_ formats: [NumberFormat]) { self.formats = formats }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        let read = parts.compactMap { NumberFormat(rawValue: String($0)) }
        guard read.count == parts.count, !read.isEmpty else { return nil }
        formats = read
    }

    var defaultValueDescription: String { formats.map(\.rawValue).joined(separator: ",") }
}

extension ColdCaches {
    /// - Parameter option: What does without.
    /// - Throws: `SettingsError` where there is no memory for the buffer.
    static func made(insteadGive option: String) throws -> ColdCaches {
        try MemoryBudget.check(
            bytes: bytes, of: "the buffer that is read to empty the caches", advice: "give \(option) to leave it out")
        return ColdCaches()
    }
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
    @Option(parsing: .unconditional, help: "α of ReLU (1 to 8) or of entmax (above 1); 1 and 1.5 if left out.")
    var alpha: Double?
    @Option(help: "How the threshold b is chosen (default: calibrated).")
    var rule: ThresholdRule?
    @Option(
        parsing: .unconditional,
        help: "What is added to the rule's threshold, in standard deviations of the scores (default: 0).")
    var offset: Double?
    @Option(parsing: .unconditional, help: "b itself, in score units; implies --rule manual.")
    var threshold: Double?
    @Option(help: "Keys kept by the count rule and by topr: a number or n^x (default: n^0.8); implies --rule count.")
    var budget: Budget?
    @Option(help: "Where keys and queries come from.")
    var workload = WorkloadKind.gaussian
    @Option(parsing: .unconditional, help: RankOption.help)
    var rank: Int?
    @Option(help: "A safetensors file for the trace workload.")
    var trace: String?
    @Option(help: "How keys and values are kept: f32, f16 or bf16; naive reads the same bytes.")
    var store = NumberFormat.float32
    @Option(parsing: .unconditional, help: "Seed of the workload.")
    var seed: UInt64 = 1
    @Option(parsing: .unconditional, help: "Queries measured for each line; more for few keys if left out.")
    var queries: Int?
    @Option(parsing: .unconditional, help: "Threads that build the index; with --heads those of a step, a list.")
    var threads = NumberList([1])
    @Flag(inversion: .prefixedNo, help: "Read a buffer larger than the caches before every timed call (or --warm).")
    var cold = true
    @Flag(help: "Leave in the caches what is there.")
    var warm = false
    @Flag(inversion: .prefixedNo, help: "Compare every reported set with the definition.")
    var check = true
    @Option(help: "How results are printed.")
    var format = BenchFormat.table

    private var isCold: Bool { cold && !warm }

    /// The state of the caches, in a word.
    var state: String { isCold ? "cold" : "warm" }

    func validate() throws {
        try CountOption.check(queries, "--queries", in: 1...1_000_000)
        for threads in threads.numbers { try CountOption.check(threads, "--threads", in: CountOption.threads) }
        for d in d.numbers { try CountOption.check(d, "--d", in: WorkloadLimits.dimension) }
        for n in n.numbers { try CountOption.check(n, "--n", in: WorkloadLimits.length) }
        try FiniteOption.check(offset, "--offset")
        try FiniteOption.check(threshold, "--threshold")
        _ = try activationValue()
        try checkRule()
        try RankOption.check(rank, with: workload)
        if let rank, let least = d.numbers.min(), rank > least {
            throw ValidationError("--rank \(rank) is above d = \(least).")
        }
    }

    /// The rule that is asked for.
    var chosenRule: ThresholdRule { rule ?? (threshold != nil ? .manual : budget != nil ? .count : .calibrated) }

    /// As it is printed; entmax has its own.
    var ruleName: String { activation == .entmax ? "own" : chosenRule.rawValue }

    /// For benchmarks whose both sides read a copy in float32.
    func refuseHalfPrecision() throws {
        guard store == .float32 else {
            throw ValidationError("--store \(store.rawValue) goes with steps; a prefill computes in f32.")
        }
    }

    /// Refuses what would be ignored.
    private func checkRule() throws {
        if activation == .softmax, alpha != nil { throw ValidationError("softmax has no --alpha; leave it out.") }
        if activation == .entmax {
            for (given, name) in [
                (rule != nil, "--rule"), (threshold != nil, "--threshold"), (offset != nil, "--offset"),
                (budget != nil, "--budget"),
            ] where given {
                throw ValidationError("entmax finds its own threshold; leave out \(name).")
            }
        }
        switch chosenRule {
        case .manual where threshold == nil:
            throw ValidationError("--rule manual needs --threshold with the b that it uses.")
        case .learned, .error:
            throw ValidationError("--rule \(chosenRule.rawValue) is for streams; benchmarks know the other rules.")
        case let rule where rule != .manual && threshold != nil:
            throw ValidationError("--threshold goes with --rule manual, not with \(rule.rawValue).")
        case let rule where rule != .count && budget != nil:
            throw ValidationError("--budget goes with --rule count, not with \(rule.rawValue).")
        default: break
        }
    }

    /// The activation with its α.
    func activationValue() throws -> Activation { try activation.activation(alpha: alpha) }

    /// The threads, where one number is wanted.
    func buildingThreads() throws -> Int {
        guard threads.numbers.count == 1 else {
            throw ValidationError(
                "--threads \(threads.defaultValueDescription) is a list, which goes with bench decode --heads; give one number."
            )
        }
        return threads.numbers[0]
    }

    func request(n: Int, d: Int) -> WorkloadRequest {
        WorkloadRequest(kind: workload, seed: seed, n: n, d: d, rank: rank, tracePath: trace)
    }

    /// What the benchmarks are told; buffers that empty the caches are made here.
    /// - Parameter threads: Those that build indexes; nil: as asked for.
    func plan(threads: Int? = nil) throws -> BenchmarkPlan {
        var plan = BenchmarkPlan()
        plan.threads = try threads ?? buildingThreads()
        plan.activation = try activationValue()
        plan.threshold = ThresholdSettings(
            rule: chosenRule, offset: offset ?? 0, manual: threshold ?? 0, budget: budget ?? .power(0.8))
        plan.queries = queries
        plan.cold = isCold ? try ColdCaches.made(insteadGive: "--warm") : nil
        plan.checks = check
        plan.progress = BenchProgress.show
        return plan
    }

    /// What is measured, if its keys fit in memory.
    /// - Parameter copies: How often they are kept.
    /// - Throws: `WorkloadError`, or `SettingsError` with the memory that is needed.
    func made(n: Int, d: Int, copies: Int = 1) throws -> any Workload {
        let workload = try request(n: n, d: d).make()
        try MemoryBudget.check(
            rows: copies * workload.promptLength, dimension: workload.dimension, valueDimension: workload.valueDimension
        )
        return workload
    }

    /// The workload's keys in a store, and its queries.
    func input(n: Int, d: Int) throws -> BenchmarkInput {
        BenchProgress.show("d = \(d), n = \(n): making keys")
        return try BenchmarkInput(try made(n: n, d: d), format: store)
    }

    /// Calls `body` for every d, n and index; an index that cannot serve is named on standard error.
    func eachIndex(_ body: (BenchmarkInput, IndexChoice) throws -> Void) throws {
        for d in d.numbers {
            for n in n.numbers {
                let input = try input(n: n, d: d)
                for choice in index.choices { try skippingUnserved { try body(input, choice) } }
            }
        }
    }

    /// The same for every single index that is asked for: all of them for auto.
    func eachKind(_ body: (BenchmarkInput, IndexKind) throws -> Void) throws {
        for d in d.numbers {
            for n in n.numbers {
                let input = try input(n: n, d: d)
                for kind in IndexKind.allCases
                where index.choices.contains(.auto) || index.choices.contains(.fixed(kind)) {
                    try skippingUnserved { try body(input, kind) }
                }
            }
        }
    }

    /// False where the index cannot serve, which is said on standard error.
    @discardableResult
    func skippingUnserved(_ body: () throws -> Void) throws -> Bool {
        do {
            try body()
            return true
        } catch let error as IndexCannotServe {
            BenchProgress.clear()
            Message.complain(error)
            return false
        }
    }
}
