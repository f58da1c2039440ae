import HalfSpace
import Workload

/// Keys, values and queries of some shape, for the tables.
public struct EvaluationData: Sendable {
    /// "gaussian", "layer 1, head 0".
    public var label: String
    public var store: KeyValueStore
    /// Of length d each.
    public var queries: [[Float]]

    public init(label: String, store: KeyValueStore, queries: [[Float]]) {
        self.label = label
        self.store = store
        self.queries = queries
    }

    var n: Int { store.count }
    var d: Int { store.dimension }
}

/// Where the tables take their data from: a workload, or a trace whose shape is what it is.
public protocol EvaluationSource: Sendable {
    var name: String { get }
    var seed: UInt64 { get }
    /// d where it is fixed, and the most keys there are.
    var fixedDimension: Int? { get }
    var mostKeys: Int? { get }
    /// The heads that are read: all that a trace has, or the one that is asked for.
    var heads: [Int] { get }
    /// What repeats it on the command line: "--trace", "file", ….
    var options: [String] { get }
    /// n keys with so many queries; `room` further rows fit the store.
    func data(n: Int, d: Int, queries: Int, head: Int, room: Int) throws -> EvaluationData
    /// The tokens of a trace whose queries stand among its keys; nil elsewhere.
    var tokens: Int? { get }
    /// A prompt of at most n keys, and so many steps after it, for policies.
    func episode(n: Int, d: Int, queries: Int, head: Int) throws -> PolicyEpisode
}

extension EvaluationSource {
    /// Of the first head, unless another is named.
    func data(n: Int, d: Int, queries: Int, head: Int? = nil) throws -> EvaluationData {
        try data(n: n, d: d, queries: queries, head: head ?? heads.first ?? 0, room: 0)
    }

    /// What a verdict calls the place where something was measured: d of made keys, or the head of a trace.
    func place(of data: EvaluationData) -> String { fixedDimension == nil ? "d = \(data.d)" : data.label }
}

/// How large the tables are made.
public struct EvaluationPlan: Sendable {
    /// Head dimensions and key counts of the tables of counts and errors.
    public var dimensions: [Int]
    public var lengths: [Int]
    /// Those of the timed tables.
    public var timedDimensions: [Int]
    public var timedLengths: [Int]
    public var prefillLengths: [Int]
    /// Where one length is enough.
    public var length: Int
    /// Queries for each line.
    public var queries: Int
    /// What asks for these sizes on the command line.
    public var options: [String] = []

    /// All tables in a few minutes on two cores.
    public static let quick = EvaluationPlan(
        dimensions: [2, 4, 8, 16, 64], lengths: [4096, 32_768], timedDimensions: [2, 4, 8, 16, 64],
        timedLengths: [1024, 4096, 16_384, 65_536, 262_144], prefillLengths: [4096, 32_768], length: 32_768,
        queries: 30, options: ["--quick"])

    /// Everything, in some minutes.
    public static let full = EvaluationPlan(
        dimensions: [2, 3, 4, 8, 16, 32, 64, 128], lengths: [4096, 32_768, 131_072],
        timedDimensions: [2, 3, 4, 8, 16, 64, 128, 256, 512].filter(WorkloadLimits.dimension.contains),
        timedLengths: [1024, 4096, 16_384, 65_536, 262_144, 1_048_576], prefillLengths: [4096, 16_384, 65_536],
        length: 32_768, queries: 64)

    /// The most entries of keys that a timed line reads: 512 MB of them.
    private static let mostEntries = 1 << 27

    /// The lengths of a timed table at one dimension: those whose keys fit in memory.
    func timedLengths(d: Int) -> [Int] { timedLengths.filter { $0 * d <= Self.mostEntries } }

    /// What indexes of short keys and the program take beside.
    private static let bytesBeside = 1 << 27

    /// Bytes that the largest keys of a table take with their values, wherever they are kept at once.
    public func bytes(of table: String, from source: some EvaluationSource) -> Int {
        let plan = fitted(to: source)
        let sizes: [(d: Int, n: Int)] =
            switch table {
            case "T3": plan.timedDimensions.map { ($0, plan.timedLengths(d: $0).max() ?? 0) }
            case "T5": plan.dimensions.map { ($0, plan.prefillLengths.max() ?? 0) }
            case "T10": plan.dimensions.map { ($0, plan.timedLengths.max() ?? 0) }
            case "T1": plan.dimensions.map { ($0, plan.lengths.max() ?? 0) }
            case Evaluation.modelTable: []
            default: plan.dimensions.map { ($0, plan.length) }
            }
        // Every policy keeps what it likes.
        let copies = table == Evaluation.policyTable ? 16 : 3
        return sizes.map { Self.bytesBeside + copies * $0.n * 2 * $0.d * MemoryLayout<Float>.size }.max() ?? 0
    }

    /// The same for a source whose shape is fixed.
    func fitted(to source: some EvaluationSource) -> EvaluationPlan {
        var plan = self
        if let d = source.fixedDimension {
            plan.dimensions = [d]
            plan.timedDimensions = [d]
        }
        if let most = source.mostKeys {
            let fit = { (lengths: [Int]) -> [Int] in
                let within = lengths.filter { $0 < most } + [most]
                return within.count > 1 ? within : [max(1, most / 4), max(1, most / 2), most]
            }
            plan.lengths = fit(lengths)
            plan.timedLengths = fit([most / 8, most / 4, most / 2].filter { $0 > 0 })
            plan.prefillLengths = fit([most / 4, most / 2].filter { $0 > 0 })
            plan.length = min(length, most)
        }
        return plan
    }
}
