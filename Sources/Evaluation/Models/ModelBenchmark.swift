import Attention
import HalfSpace
import Measurement
import Model

/// Whole tokens of a language model: with half-space reporting and with dense attention, in one process, turn about.
public struct ModelBenchmark {
    public let model: any LanguageModel
    /// What is read; a longer context reads it again.
    public let text: [Int]
    /// How the caches keep keys and values, for both ways.
    public var store = NumberFormat.float32
    /// Tokens of each kind.
    public var tokens = 64
    /// What is done before every token: emptying the caches, for one.
    public var beforeToken: () -> Void = {}
    public var progress: @Sendable (String) throws -> Void = { _ in }

    public init(_ model: any LanguageModel, text: [UInt8]) {
        self.model = model
        self.text = model.tokenizer.tokens(of: text)
    }

    /// What is measured after one reading of the prompt.
    public struct Case: Sendable {
        /// How a pretrained model's heads choose what they read; nil: as a byte model's learned it.
        public var rule: ThresholdSettings?
        /// Threads of a pretrained model's token; nil takes every core.
        public var workers: Int?

        public init(rule: ThresholdSettings?, workers: Int?) { (self.rule, self.workers) = (rule, workers) }
    }

    /// Medians over the tokens, in seconds.
    public struct Measurement {
        public let n: Int
        public let prefillSeconds: Double
        public let indexSeconds: Double
        /// A whole token, and the part of it that is attention of the global heads.
        public let token: (reporting: Double, naive: Double)
        public let attention: (reporting: Double, naive: Double)
        /// Bytes of keys and values, and of indexes, a token of the context.
        public let cacheBytes: (rows: Double, indexes: Double)
        /// Keys that a head reports, on average.
        public let reported: Double
        /// Bytes of weights that a dense token reads a second, apart from its attention.
        public let weightsPerSecond: Double
        /// Bytes that as many threads read a second of memory as large as the weights, in order and with nothing else to do.
        public let plainReadPerSecond: Double
        /// The index of every head.
        public let indexes: [String]

        /// How many times as many tokens a second half-space reporting writes.
        public var ratio: Double { token.naive / token.reporting }
    }

    /// Of heads that share keys the first counts.
    private func cacheBytes(_ decoder: any LanguageDecoder) -> (rows: Double, indexes: Double) {
        var (rows, indexes, seen) = (0, 0, Set<ObjectIdentifier>())
        for head in decoder.heads where seen.insert(ObjectIdentifier(head.store)).inserted {
            rows += head.store.bytes
            indexes += head.index?.statistics.bytes ?? 0
        }
        let tokens = Double(max(1, decoder.length))
        return (Double(rows) / tokens, Double(indexes) / tokens)
    }

    /// Reads n tokens once, with the most threads of a case, and writes on from there for each.
    /// - Parameter each: Told what a case gave as soon as it is known.
    /// - Throws: what reading, building, `progress` or `each` throws.
    public func measure(n: Int, _ cases: [Case], each: (Case, Measurement) throws -> Void) throws {
        let prompt = (0..<n).map { text[$0 % text.count] }
        let readers = cases.contains { $0.workers == nil } ? nil : cases.compactMap(\.workers).max()
        let decoder = model.makeDecoder(capacity: n + 2 * tokens + 2, threads: readers, format: store)
        let (name, progress) = (model.name, progress)
        let reading = Stopwatch()
        let logits = try decoder.prefill(prompt, threads: readers) {
            try progress("\(name), n = \(n): reading, \(Int(100 * $0.fraction)) %")
        }
        let prefillSeconds = reading.seconds
        let mark = decoder.mark()
        for one in cases {
            decoder.rewind(to: mark)
            decoder.shareSteps(among: one.workers)
            if let rule = one.rule { decoder.rule = rule }
            try each(one, try measure(decoder, one, n: n, logits, prefillSeconds: prefillSeconds))
        }
    }

    private func measure(
        _ decoder: any LanguageDecoder, _ one: Case, n: Int, _ logits: [Float], prefillSeconds: Double
    ) throws -> Measurement {
        var logits = logits
        let building = Stopwatch()
        try decoder.buildIndexes()
        let indexSeconds = building.seconds
        var (ours, naive): ([DecodedStep], [DecodedStep]) = ([], [])
        for i in 0..<2 * tokens {
            if i % 16 == 0 { try progress("\(model.name), n = \(n): token \(i) of \(2 * tokens)") }
            let way: DecodeWay = i % 2 == 0 ? .reporting : .dense
            beforeToken()
            let step = try decoder.step(Logits.largest(logits), way)
            logits = step.logits
            if way == .reporting { ours.append(step) } else { naive.append(step) }
        }
        return Measurement(
            n: n, prefillSeconds: prefillSeconds, indexSeconds: indexSeconds,
            token: (Samples(ours.map(\.seconds)).median, Samples(naive.map(\.seconds)).median),
            attention: (Samples(ours.map(\.hsrSeconds)).median, Samples(naive.map(\.naiveSeconds)).median),
            cacheBytes: cacheBytes(decoder),
            reported: Samples(ours.map { Samples($0.reported.map(Double.init)).mean }).mean,
            weightsPerSecond: Double(model.bytes)
                / Samples(naive.map { $0.seconds - $0.naiveSeconds }).median,
            plainReadPerSecond: PlainRead(bytes: model.bytes).perSecond(workers: one.workers),
            indexes: decoder.heads.map {
                $0.index.map(\.statistics.way) ?? "none"
            })
    }
}
