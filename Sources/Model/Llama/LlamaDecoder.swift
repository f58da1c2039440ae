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
    public var rule: ThresholdSettings
    let crew: Crew
    private let team: Team
    private let bench: LlamaBench
    private let hidden: Rows
    private let logitRow: Rows
    /// What every query head of the layer under way works with.
    private let works: [HeadWork]
    /// The queries of a prompt, of the layers that are recorded: head by head.
    var recorded: [Int: [Float]] = [:]
    /// Keys reported for every row of a prompt: by head; nil where it was computed densely.
    public internal(set) var reportedInPrompt: [[Int]?]

    /// An empty context that grows to `capacity` tokens.
    /// - Parameter threads: nil takes every core.
    public init(
        _ model: LlamaModel, capacity: Int, rule: ThresholdSettings = ThresholdSettings(rule: .count),
        threads: Int? = nil
    ) {
        self.model = model
        self.capacity = capacity
        self.rule = rule
        let c = model.configuration
        var heads: [HeadCache] = []
        for _ in 0..<c.layers * c.keyHeads {
            let first = HeadCache(dimension: c.dimension, valueDimension: c.dimension, capacity: capacity)
            heads += [first] + (1..<c.group).map { _ in HeadCache(sharing: first) }
        }
        self.heads = heads
        crew = Crew(threads: threads)
        team = Team(workers: threads)
        bench = LlamaBench(c, rows: 1)
        hidden = Rows(count: 1, columns: c.width)
        logitRow = Rows(count: 1, columns: c.vocabulary)
        works = (0..<c.heads).map { _ in HeadWork(c.dimension) }
        reportedInPrompt = Array(repeating: nil, count: heads.count)
    }

    public var languageModel: any LanguageModel { model }
    public var length: Int { tokens.count }

    /// What is known of a head's queries to come: the share of the keys that the rule asks for.
    public func hints(of head: Int) -> QueryHints {
        var hints = QueryHints(demand: StepDemand(.softmax, rule: rule.rule))
        let n = heads[head].store.count
        if rule.rule == .count, n > 0 {
            hints.expectedShare = Double(rule.budget.count(of: n)) / Double(n)
        }
        return hints
    }

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
    private enum Pass {
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

    /// Every head of a layer; returns its seconds, without those of what is beside it.
    private func attend(_ l: Int, _ kind: Pass, _ step: inout DecodedStep) throws -> Double {
        let c = model.configuration
        let d = c.dimension
        let isDense = kind == .dense || kind == .beside
        for h in 0..<c.heads { works[h].start(Array(bench.queries[0][h * d..<(h + 1) * d])) }
        // Upkeep of the index is part of half-space reporting alone.
        if kind == .dense { forEachGroup(l) { lead, work, _ in work.append(lead) } }
        let (works, rule, group) = (works, rule, c.group)
        let watch = Stopwatch()
        forEachGroup(l) { [heads] lead, work, number in
            if !isDense { work.append(lead) }
            guard work.fault == nil else { return }
            for h in number * group..<(number + 1) * group {
                works[h].attend(heads[l * c.heads + h], rule: rule, isDense: isDense)
            }
        }
        let seconds = watch.seconds
        for work in works { if let fault = work.fault { throw fault } }
        for h in 0..<c.heads {
            let values = works[h].output.values
            let target = bench.attended[0]
            for t in 0..<d { target[h * d + t] = values[t] }
        }
        guard !isDense else { return seconds }
        step.queries += works.map(\.query)
        step.thresholds += works.map(\.threshold)
        step.reported += works.map(\.reported)
        guard kind == .compared else { return seconds }
        forEachGroup(l) { [heads] _, _, number in
            for h in number * group..<(number + 1) * group { works[h].compare(heads[l * c.heads + h], rule: rule) }
        }
        step.shares += works.map(\.share)
        step.errors += works.map(\.error)
        return seconds
    }

    /// Calls the body for each set of keys of a layer, on all threads: with its first head, that head's work and its number.
    private func forEachGroup(_ l: Int, _ body: @escaping (HeadCache, HeadWork, Int) -> Void) {
        let c = model.configuration
        let (heads, works) = (heads, works)
        let (keys, values) = (bench.keys[0], bench.values[0])
        team.run(c.keyHeads) { group in
            let row = group * c.dimension..<(group + 1) * c.dimension
            let work = works[group * c.group]
            (work.key, work.value) = (Array(keys[row]), Array(values[row]))
            body(heads[l * c.heads + group * c.group], work, group)
        }
    }
}

/// One query head at work: its query and what came of it. One thread uses it at a time.
final class HeadWork: @unchecked Sendable {
    private(set) var query: [Float] = []
    /// Of the position, for the first head of a set of keys.
    var key: [Float] = []
    var value: [Float] = []
    let output: AttentionOutput
    private let dense: AttentionOutput
    private(set) var fault: (any Error)?
    private(set) var threshold = 0.0
    private(set) var reported = 0
    /// The share of dense attention's weights that the reported keys have, and how far the output is from dense attention's, both
    /// where they were compared.
    private(set) var share: Float = .nan
    private(set) var error: Float = .nan

    init(_ dimension: Int) {
        output = AttentionOutput(valueDimension: dimension)
        dense = AttentionOutput(valueDimension: dimension)
    }

    func start(_ query: [Float]) {
        self.query = query
        fault = nil
    }

    /// Appends the key and value of the position.
    func append(_ cache: HeadCache) {
        do { try cache.append(keys: key, values: value) } catch { fault = error }
    }

    func attend(_ cache: HeadCache, rule: ThresholdSettings, isDense: Bool) {
        if isDense {
            return cache.attendDensely(query, activation: .softmax, threshold: -.infinity, into: output)
        }
        do { try cache.attend(query, rule: rule, into: output) } catch { fault = error }
        (threshold, reported) = (cache.threshold, cache.reported)
    }

    /// Dense attention on the same query.
    func compare(_ cache: HeadCache, rule: ThresholdSettings) {
        cache.attendDensely(query, activation: .softmax, threshold: -.infinity, into: dense)
        let (ours, all) = (output.values, dense.values)
        var (gap, size) = (0.0, 0.0)
        for t in ours.indices {
            gap += (Double(ours[t]) - Double(all[t])) * (Double(ours[t]) - Double(all[t]))
            size += Double(all[t]) * Double(all[t])
        }
        error = Float((gap / max(size, 1e-60)).squareRoot())
        // Sums that float64 does not hold say nothing.
        let share = output.normaliser / dense.normaliser
        self.share = share.isFinite ? Float(min(1, share)) : .nan
        cache.learn(rule)
    }
}
