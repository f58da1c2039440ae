import Attention
import CKernels
import Foundation
import HalfSpace
import Measurement

/// One context of a model of the Llama family under way: what was read so far, and what every head remembers of it.
///
/// One thread owns it; the products and heads of a token are shared out among a team of threads that are kept. Query heads that share
/// keys and values share their store and its index.
public final class LlamaDecoder: LanguageDecoder {
    let model: LlamaModel
    public private(set) var tokens: [Int] = []
    public let heads: [HeadCache]
    public let capacity: Int
    public var rule: ThresholdSettings { didSet { if rule != oldValue { settle() } } }
    /// Whether heads take the keys that their rule leaves out by the means of cells (``LeafMeanResidual``).
    public var takesResidual = false { didSet { for head in heads { head.takesResidual = takesResidual } } }
    let crew: Crew
    private(set) var team: Team
    let bench: LlamaBench
    private let hidden: Rows
    private let logitRow: Rows
    /// What computes the heads of the layer under way.
    private(set) var headTeam: HeadTeam
    /// The last queries of a prompt, by head.
    var newestQueries: [[[Float]]]
    /// The queries of a prompt, of the layers that are recorded: head by head.
    var recorded: [Int: [Float]] = [:]
    /// Keys reported for every row of a prompt: by head; nil where it was computed densely.
    public internal(set) var reportedInPrompt: [[Int]?]

    /// An empty context that grows to `capacity` tokens.
    /// - Parameters:
    ///   - threads: nil takes every core.
    ///   - format: How keys and values are kept.
    public init(
        _ model: LlamaModel, capacity: Int, rule: ThresholdSettings = ThresholdSettings(rule: .count),
        threads: Int? = nil, format: NumberFormat = .float32
    ) {
        self.model = model
        self.capacity = capacity
        self.rule = rule
        let c = model.configuration
        var heads: [HeadCache] = []
        for _ in 0..<c.layers * c.keyHeads {
            let first = HeadCache(
                dimension: c.dimension, valueDimension: c.dimension, capacity: capacity, format: format)
            heads += [first] + (1..<c.group).map { _ in HeadCache(sharing: first) }
        }
        self.heads = heads
        crew = Crew(threads: threads)
        team = Team(workers: threads)
        bench = LlamaBench(c, rows: 1)
        hidden = Rows(count: 1, columns: c.width)
        logitRow = Rows(count: 1, columns: c.vocabulary)
        headTeam = Self.headTeam(c, team)
        newestQueries = Array(repeating: [], count: heads.count)
        reportedInPrompt = Array(repeating: nil, count: heads.count)
        noteWhoAsks()
    }

    private static func headTeam(_ c: LlamaConfiguration, _ team: Team) -> HeadTeam {
        HeadTeam(heads: c.heads, keyHeads: c.keyHeads, dimension: c.dimension, valueDimension: c.dimension, team: team)
    }

    private func noteWhoAsks() {
        let count = model.configuration.heads
        for first in stride(from: 0, to: heads.count, by: count) { headTeam.separate(heads[first..<first + count]) }
    }

    public func shareSteps(among threads: Int?) {
        team = Team(workers: threads)
        headTeam = Self.headTeam(model.configuration, team)
        noteWhoAsks()
    }

    public var languageModel: any LanguageModel { model }
    public var length: Int { tokens.count }

    /// Notes the tokens of a prompt, or forgets what came after so many.
    func keep(_ length: Int, then more: [Int] = []) { tokens = Array(tokens.prefix(length)) + more }

    /// The first head of every set of keys and values.
    var keyHeads: [HeadCache] {
        stride(from: 0, to: heads.count, by: model.configuration.group).map { heads[$0] }
    }

    // MARK: Steps

    /// Reads a token and computes the logits of the next.
    /// - Throws: ``ContextFull``, `NonFiniteEntry`.
    public func step(_ token: Int, _ way: DecodeWay) throws -> DecodedStep {
        guard tokens.count < capacity else { throw ContextFull(capacity: capacity, unit: "tokens") }
        tokens.append(token)
        do {
            var step = try pass(token, way == .dense ? .dense : way == .both ? .compared : .reporting)
            guard way == .both else { return step }
            let naive = try pass(token, .beside)
            step.naiveLogits = naive.logits
            step.naiveSeconds = naive.naiveSeconds
            step.naiveTokenSeconds = naive.seconds
            for l in step.layers.indices { step.layers[l].naiveSeconds = naive.layers[l].naiveSeconds }
            return step
        } catch {
            tokens.removeLast()
            throw error
        }
    }

    /// What a pass through the layers computes.
    enum Pass {
        case reporting
        /// Reporting, with dense attention on the same queries beside it, which is not timed.
        case compared
        case dense
        /// Densely over what a pass before it appended.
        case beside
    }

    private func pass(_ token: Int, _ kind: Pass) throws -> DecodedStep {
        let c = model.configuration
        let runner = TeamProducts(team: team)
        let position = tokens.count - 1
        var step = DecodedStep()
        var watch = Stopwatch()
        model.embed(token, into: hidden[0])
        for (l, layer) in model.layers.enumerated() {
            var time = LayerTime()
            layer.project(hidden[0], positions: position..<position + 1, model, bench, runner)
            let before = watch.seconds
            let attention = try attend(l, kind, &step)
            watch = Stopwatch()
            if kind == .reporting || kind == .compared {
                step.hsrSeconds += attention
                time.hsrSeconds = attention
            } else {
                step.naiveSeconds += attention
                time.naiveSeconds = attention
            }
            layer.finish(hidden[0], attended: bench.attended[0], model, bench, runner)
            time.seconds = before + attention + watch.seconds
            step.seconds += time.seconds
            step.layers.append(time)
            watch = Stopwatch()
        }
        model.logits(of: hidden[0], into: logitRow[0], bench, runner)
        step.seconds += watch.seconds
        step.logits = Array(logitRow[0].prefix(c.vocabulary))
        return step
    }
}
