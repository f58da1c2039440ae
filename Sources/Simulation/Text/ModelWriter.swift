import Attention
import HalfSpace
import Measurement
import Model
import Synchronization

/// A text under way: reads the last letter, writes the next, both ways; what a person types comes before what the model wants.
final class ModelWriter {
    let decoder: any LanguageDecoder
    let settings: ModelSettings
    private let model: any LanguageModel
    private let prompt: [Int]
    private let seed: UInt64
    private var sequence = 0
    /// The token that is read next.
    private var pending: Int
    private var typed: [Int] = []
    private var tokens: [Int] = []
    /// What stands there: the context with the token that was written last, and where the bytes of each token end.
    private(set) var text: [UInt8] = []
    private(set) var ends: [Int] = []
    /// Where a session began, and the token that it read first.
    private var mark: (place: any DecoderMark, pending: Int)?
    private(set) var record: TextRecord?
    private(set) var tally = TextTally()
    /// Where letters stand that were typed, and where the time of the last one went.
    private(set) var typedPositions: [Int] = []
    private(set) var layers: [LayerTime] = []
    /// Whether the whole prompt was read, indexes built.
    private var isRead = false
    /// Of two whole decodes what the first wrote, and the steps that were done of the one under way.
    private var first = FirstDecode()
    private var written = 0

    /// Whether this is the second of two whole decodes, which attends densely.
    var isSecond: Bool { settings.compares && sequence % 2 == 1 }

    init(
        _ model: any LanguageModel, prompt: [Int], capacity: Int, settings: ModelSettings, seed: UInt64,
        format: NumberFormat = .float32
    ) {
        self.model = model
        self.prompt = prompt
        self.settings = settings
        self.seed = seed
        pending = prompt[prompt.count - 1]
        decoder = model.makeDecoder(capacity: capacity, threads: nil, format: format)
        (decoder as? LlamaDecoder)?.takesResidual = settings.takesResidual
        for token in prompt { append(token) }
    }

    private func append(_ token: Int) {
        text += model.tokenizer.bytes(of: token)
        ends.append(text.count)
        tokens.append(token)
    }

    /// Where the bytes of a token stand in ``text``.
    func bytes(of position: Int) -> Range<Int> {
        guard ends.indices.contains(position) else { return 0..<0 }
        return (position > 0 ? ends[position - 1] : 0)..<ends[position]
    }

    /// The position after the last place where the tokens read so far end as they end now, in at least three tokens; the longest such
    /// end counts.
    var continuation: Int? {
        let read = tokens.prefix(decoder.length)
        guard read.count > 8 else { return nil }
        var (best, length) = (Int?.none, 2)
        for end in 1..<read.count - 1 {
            var shared = 0
            while shared < min(32, end), read[end - 1 - shared] == read[read.count - 1 - shared] { shared += 1 }
            if shared > length || shared == length && best != nil { (best, length) = (end, shared) }
        }
        return best
    }

    /// Bytes of the prompt at the start of ``text``.
    var promptBytes: Int { ends[prompt.count - 1] }

    var promptCount: Int { prompt.count }

    /// Tokens in the cache: all of the prompt but the one that is read next, and once it writes what it wrote.
    var cached: Int { isRead ? decoder.length : prompt.count - 1 }

    /// Reads the prompt and builds the indexes, once; then this is where a session begins.
    func begin(progress: @escaping BuildProgress) throws {
        if !isRead {
            let news = Progress(progress)
            _ = try decoder.prefill(prompt.dropLast(), threads: nil) { try news.tell(0.9 * $0.fraction) }
            try decoder.buildIndexes { try progress(0.9 + 0.1 * $0) }
            isRead = true
        }
        mark = (decoder.mark(), pending)
    }

    /// Handed to the cores that read the prompt, which tell one at a time.
    private final class Progress: @unchecked Sendable {
        private let body: BuildProgress
        init(_ body: @escaping BuildProgress) { self.body = body }
        func tell(_ share: Double) throws { try body(share) }
    }

    /// Goes back to where the session began; each sequence has luck of its own.
    func rewind(sequence: Int) {
        guard let mark else { return }
        self.sequence = sequence
        decoder.rewind(to: mark.place)
        pending = mark.pending
        typed = []
        typedPositions.removeAll { $0 > mark.place.length }
        ends = Array(ends.prefix(mark.place.length + 1))
        tokens = Array(tokens.prefix(ends.count))
        text = Array(text.prefix(ends.last ?? 0))
        record = nil
        written = 0
        if !isSecond { first = FirstDecode() }
        // What came of two decodes stands until two others are compared.
        if !settings.compares || isSecond || sequence == 0 { tally = TextTally() }
    }

    /// What a person types is read next, letter by letter.
    func type(_ bytes: [UInt8]) { typed += model.tokenizer.tokens(of: bytes) }

    /// Whether something typed is still to be read.
    var isTyping: Bool { !typed.isEmpty }

    /// Reads the letter that was written last, and writes the next.
    /// - Throws: ``ContextFull``.
    func write() throws -> DecodedStep {
        if settings.compares { return try writeAlone() }
        let isCompared = model.unit == "letter" || decoder.length % max(1, settings.denseEvery) == 0
        let step = try decoder.step(pending, isCompared ? .both : .reporting)
        var record = TextRecord()
        record.isCompared = isCompared
        record.position = decoder.length
        let naive = step.naiveLogits ?? step.logits
        record.naiveToken = sampler.token(naive, position: record.position, excluded: excluded)
        if let next = typed.first {
            typed.removeFirst()
            record.token = next
            record.isTyped = true
            typedPositions.append(record.position)
        } else {
            record.token = sampler.token(step.logits, position: record.position, excluded: excluded)
        }
        record.bytes = model.tokenizer.bytes(of: record.token)
        record.naiveBytes = model.tokenizer.bytes(of: record.naiveToken)
        record.logitDifference = Logits.difference(step.logits, naive)
        (record.reported, record.shares, record.errors) = (step.reported, step.shares, step.errors)
        (record.hsrSeconds, record.naiveSeconds) = (step.hsrSeconds, step.naiveSeconds)
        (record.seconds, record.secondsWithNaive) = (step.seconds, step.secondsWithNaive)
        finish(record, writing: record.token, step)
        return step
    }

    private func finish(_ record: TextRecord, writing token: Int, _ step: DecodedStep) {
        pending = token
        append(token)
        self.record = record
        layers = step.layers
        tally.add(record)
    }

    /// Each sequence has luck of its own, and two decodes that are compared the same.
    private var sampler: Sampler {
        let luck = settings.compares ? sequence / 2 : sequence
        return Sampler(temperature: settings.temperature, topP: settings.topP, seed: seed &+ UInt64(luck) &* 0x1_0001)
    }

    private var excluded: Set<Int> { model.unit == "letter" ? Self.markers : [] }

    /// A token of the first decode, through half-space reporting alone, or of the second, with dense attention alone.
    private func writeAlone() throws -> DecodedStep {
        let step = try decoder.step(pending, isSecond ? .dense : .reporting)
        var record = TextRecord()
        record.position = decoder.length
        // What was typed into the first text stands in the second as well.
        let again = isSecond && first.steps.indices.contains(written) ? first.steps[written].record : nil
        if let again, again.isTyped {
            (record.token, record.isTyped) = (again.token, true)
        } else if !isSecond, let next = typed.first {
            typed.removeFirst()
            (record.token, record.isTyped) = (next, true)
        } else {
            record.token = sampler.token(step.logits, position: record.position, excluded: excluded)
        }
        if record.isTyped { typedPositions.append(record.position) }
        record.bytes = model.tokenizer.bytes(of: record.token)
        record.isCompared = false
        (record.reported, record.hsrSeconds, record.seconds) = (step.reported, step.hsrSeconds, step.seconds)
        (record.naiveSeconds, record.secondsWithNaive) = (step.naiveSeconds, step.seconds)
        let token = record.token
        if isSecond {
            record = first.compare(written, dense: record, step.logits)
        } else {
            first.note(record, step.logits)
        }
        written += 1
        finish(record, writing: token, step)
        return step
    }

    /// Braces mark planted keys in what the models learned from: drawn by chance they begin letter salad.
    private static let markers: Set<Int> = [Int(UInt8(ascii: "{")), Int(UInt8(ascii: "}"))]
}

/// What came of the letters of a session so far.
public struct TextTally: Sendable, Equatable {
    /// Letters written, typed ones left out, and those of them that dense attention would have written as well.
    public var written = 0
    public var same = 0
    /// The largest difference of a logit.
    public var largestDifference = 0.0
    /// The first letter that dense attention would have written otherwise.
    public var firstDifference: TextRecord?

    public init() {}

    /// "311 of 312 tokens are the same; the first other, at 1 033, is “ will”, dense “ they”, and a logit differs by up to 0.27 there".
    public func sentence(unit: String) -> String {
        let same = "\(same) of \(written) \(unit)s are the same"
        guard let first = firstDifference else {
            return same + ", and no logit differs by more than \(TableCell.short(largestDifference))"
        }
        let (ours, dense) = (
            String(decoding: first.bytes, as: UTF8.self), String(decoding: first.naiveBytes, as: UTF8.self)
        )
        return same
            + "; the first other, at position \(first.position), is “\(ours)”, dense “\(dense)”, and a logit differs by up to"
            + " \(TableCell.short(first.logitDifference)) there"
    }

    mutating func add(_ record: TextRecord) {
        if record.isCompared, record.sharesContext {
            largestDifference = max(largestDifference, record.logitDifference)
        }
        guard let isSame = record.isSame else { return }
        written += 1
        if isSame { same += 1 } else { firstDifference = firstDifference ?? record }
    }
}
