import Attention
import HalfSpace

/// A language model that runs here: tokens, weights, and decoders that write with them.
public protocol LanguageModel: AnyObject, Sendable {
    /// What it is called on screen and on the command line.
    var name: String { get }
    /// How its global heads weigh keys.
    var activation: Activation { get }
    /// The heads that look at the whole context.
    var headShape: HeadShape { get }
    /// Numbers that were learned, and the bytes that they take here.
    var parameters: Int { get }
    var bytes: Int { get }
    var tokenizer: any Tokenizer { get }
    /// Where it was read from.
    var path: String { get }
    /// Tokens that a context holds at most.
    var mostTokens: Int { get }
    /// What a token is called: "letter" or "token".
    var unit: String { get }
    /// Whether its heads learned a threshold of their own.
    var hasOwnThreshold: Bool { get }
    /// About what a context of so many tokens takes, in bytes, with the weights.
    func memory(context: Int) -> Int
    /// An empty context that grows to so many tokens.
    /// - Parameters:
    ///   - threads: Of a step, where a model shares steps out; nil takes every core.
    ///   - format: How the caches keep keys and values.
    func makeDecoder(capacity: Int, threads: Int?, format: NumberFormat) -> any LanguageDecoder
}

/// Between text and tokens.
public protocol Tokenizer: Sendable {
    /// The tokens that there are: 0 ..< count.
    var count: Int { get }
    func tokens(of bytes: [UInt8]) -> [Int]
    func bytes(of token: Int) -> [UInt8]
    /// Tokens that stand before every text.
    var beginning: [Int] { get }
}

extension Tokenizer {
    public var beginning: [Int] { [] }
}

/// The heads of a model that look at the whole context.
public struct HeadShape: Sendable, Equatable {
    /// The numbers of their layers.
    public let layers: [Int]
    public let headsPerLayer: Int
    /// d, and dv.
    public let dimension: Int
    public let valueDimension: Int

    /// All heads: layer by layer.
    public var count: Int { layers.count * headsPerLayer }

    /// "layer 3, head 2" of the head with this number.
    public func name(_ head: Int) -> String {
        "layer \(layers[head / headsPerLayer]), head \(head % headsPerLayer)"
    }
}

/// One context of a model under way.
public protocol LanguageDecoder: AnyObject {
    var languageModel: any LanguageModel { get }
    /// Tokens that were read so far.
    var length: Int { get }
    /// The global heads, layer by layer.
    var heads: [HeadCache] { get }
    /// Positions that fit.
    var capacity: Int { get }
    /// Where what a head reports begins: as the model learned it, or by another rule.
    var rule: ThresholdSettings { get set }
    /// What is known of a head's queries to come, for the choice of its index.
    func hints(of head: Int) -> QueryHints
    /// Shares the work of the steps to come out among so many threads, where a model does that; nil takes every core.
    func shareSteps(among threads: Int?)
    /// Lets heads for which no index pays read every key; called when indexes stand or the rule has changed.
    func settle()

    /// Reads a prompt into an empty context, as the model learned to; returns the logits of the next token.
    func prefill(
        _ prompt: [Int], threads: Int?, progress: @escaping @Sendable (PromptProgress) throws -> Void
    ) throws -> [Float]

    /// The present place, and back to one.
    func mark() -> any DecoderMark
    func rewind(to mark: any DecoderMark)

    /// Reads a token; returns the logits of the next.
    func step(_ token: Int, _ way: DecodeWay) throws -> DecodedStep
}

extension LanguageDecoder {
    public func settle() {}
    public func shareSteps(among threads: Int?) {}
}

/// How a step computes the global heads.
public enum DecodeWay: Sendable {
    /// Through their indexes (Algorithm 1 of arXiv 2410.10165).
    case reporting
    /// Over every key.
    case dense
    /// Through their indexes, and beside it over every key: on the same queries, and in a forward pass of its own that attends
    /// densely over the same cache, whose logits say what dense attention would have written.
    case both
}

/// How far a prompt has come.
public struct PromptProgress: Sendable {
    public var bytes: Int
    public var layers: Int
    /// The layer under way, and the share of it that is done.
    public var layer = 0
    public var share = 0.0

    /// From 0 to 1.
    public var fraction: Double { min(1, (Double(layer) + share) / Double(max(1, layers))) }
}

/// What a decode step gave.
public struct DecodedStep: Sendable {
    /// Of the next token.
    public var logits: [Float] = []
    /// Of the next token, had this one attended densely; nil where that was not asked for.
    public var naiveLogits: [Float]?
    /// Of every global head, as it was asked: the query, and the score threshold that was used.
    public var queries: [[Float]] = []
    public var thresholds: [Double] = []
    /// Keys that every global head had reported.
    public var reported: [Int] = []
    /// Attention of all global heads through their indexes, and densely on the same queries.
    public var hsrSeconds = 0.0
    public var naiveSeconds = 0.0
    /// A whole token with dense attention, where one was computed for itself.
    public var naiveTokenSeconds: Double?
    /// Of every global head, where both were computed on the same queries: the share of dense attention's weights that the reported
    /// keys have, and ‖out_R − out‖₂ ÷ ‖out‖₂. Not a number where float64 does not hold the sums; else empty.
    public var shares: [Float] = []
    public var errors: [Float] = []
    /// The whole token from byte to logits: with half-space reporting, or dense where only that was asked for.
    public var seconds = 0.0

    /// Where the time went, layer by layer.
    public var layers: [LayerTime] = []

    /// The whole token had its global heads been computed densely: everything else is the same work.
    public var secondsWithNaive: Double { naiveTokenSeconds ?? (seconds - hsrSeconds + naiveSeconds) }
}

/// The context has no room for another token.
public struct ContextFull: Error, Equatable, CustomStringConvertible {
    public let capacity: Int
    /// What it holds: "bytes" or "tokens".
    public var unit = "bytes"
    public var description: String {
        "the context is full: it holds \(capacity) \(unit); give a shorter prompt, or generate less"
    }
}

/// The time of one layer in a step, in seconds.
public struct LayerTime: Sendable, Equatable {
    /// All of it, its global heads through their indexes included.
    public var seconds = 0.0
    /// Its global heads, through their indexes and densely; 0 in a local layer.
    public var hsrSeconds = 0.0
    public var naiveSeconds = 0.0

    public init() {}
}
