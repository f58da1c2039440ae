import HalfSpace

/// Where queries, keys and values come from: seeded, repeatable, and addressed by position, so that any step can be
/// made again without the steps before it.
public protocol Workload: Sendable {
    /// d, and dv.
    var dimension: Int { get }
    var valueDimension: Int { get }
    /// The keys present at the start.
    var promptLength: Int { get }
    /// Whether a decode step brings a key; a trace whose queries come after its keys has none to append.
    var appendsKeys: Bool { get }

    /// The rows that a sequence may grow to, where the workload knows; nil: twice the prompt.
    var mostRows: Int? { get }
    /// The decode steps that a sequence has; nil: no end. After the last a new sequence starts, back at the prompt.
    var stepsPerSequence: Int? { get }

    /// Appends the prompt's rows to an empty store, in slices, so that progress shows and cancelling is quick.
    func fillPrompt(of store: KeyValueStore, progress: BuildProgress) throws
    /// The query, and the key and value that come with it, of decode step `step` (from 0) in sequence `sequence`.
    func step(_ step: Int, sequence: Int) throws -> DecodeInput
    /// The words of a position and of a step's query, where the workload has words.
    func keyWord(_ position: Int) -> String?
    func queryWord(_ step: Int) -> String?
    /// The heads that a trace has to choose from; made data have one.
    var heads: Int { get }
    /// The same by layers, where the workload has layers: in the order in which their heads are numbered through.
    var headLayers: [HeadLayer] { get }
    /// One line for the screen: "layer 1, head 0 (the model's 8)".
    var caption: String? { get }
}

extension Workload {
    public var mostRows: Int? { nil }
    public var stepsPerSequence: Int? { nil }
    public func keyWord(_ position: Int) -> String? { nil }
    public func queryWord(_ step: Int) -> String? { nil }
    public var heads: Int { 1 }
    public var headLayers: [HeadLayer] { [] }
    public var caption: String? { nil }
}

/// What arrives at one decode step.
public struct DecodeInput: Sendable {
    public var query: [Float]
    public var key: [Float]?
    public var value: [Float]?
    /// The score threshold that a language model learned for it; nil elsewhere.
    public var threshold: Double?

    public init(query: [Float], key: [Float]? = nil, value: [Float]? = nil, threshold: Double? = nil) {
        self.query = query
        self.key = key
        self.value = value
        self.threshold = threshold
    }
}
