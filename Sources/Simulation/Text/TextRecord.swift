import Measurement

/// A letter that a language model wrote, and what dense attention would have written there.
public struct TextRecord: Sendable, Equatable {
    /// The position in the context that it takes.
    public var position = 0
    public var token = 0
    public var bytes: [UInt8] = []
    /// Whether dense attention was computed as well; without it there is nothing of it here.
    public var isCompared = true
    /// Whether a person typed it: then nobody wrote it, and there is nothing to compare.
    public var isTyped = false
    /// Of dense attention, from the same context and with the same luck.
    public var naiveToken = 0
    public var naiveBytes: [UInt8] = []
    /// The largest difference of a logit.
    public var logitDifference = 0.0
    /// Whether both logits are of the same text; of two whole decodes only up to the first token that differs.
    public var sharesContext = true
    /// Keys that every head reported for it.
    public var reported: [Int] = []
    /// Of every head, where the model says so: the share of dense attention's weights that the reported keys have, and how far its
    /// output is from dense attention's, relative.
    public var shares: [Float] = []
    public var errors: [Float] = []
    /// Attention of all heads, through their indexes and densely.
    public var hsrSeconds = 0.0
    public var naiveSeconds = 0.0
    /// The whole token, and what it would take with dense attention.
    public var seconds = 0.0
    public var secondsWithNaive = 0.0

    public init() {}

    /// Whether both wrote the same; nil for a letter that was typed.
    public var isSame: Bool? { isTyped || !isCompared ? nil : token == naiveToken }
}

extension TextRecord {
    /// The record of a letter as it is printed: all heads of the model together, times in microseconds.
    func fields(of step: StepRecord, settings: Settings) -> [RecordField] {
        func missing(_ name: String) -> RecordField { RecordField(name: name, value: .none) }
        return [
            .whole("step", step.step),
            .whole("n", step.n),
            .text("workload", settings.workload.rawValue),
            .text("activation", settings.activation.name),
            .text("rule", settings.threshold.rule.rawValue),
            .whole("position", position),
            .whole("token", token),
            .text("text", String(decoding: bytes, as: UTF8.self)),
            isCompared ? .text("naive_text", String(decoding: naiveBytes, as: UTF8.self)) : missing("naive_text"),
            RecordField(name: "same_text", value: isSame.map { .truth($0) } ?? TableCell.none),
            RecordField(name: "typed", value: .truth(isTyped)),
            isCompared && sharesContext
                ? .number("logit_difference", logitDifference) : missing("logit_difference"),
            RecordField(name: "reported", value: .list(reported)),
            .microseconds("hsr_us", hsrSeconds),
            isCompared ? .microseconds("naive_us", naiveSeconds) : missing("naive_us"),
            .microseconds("token_us", seconds),
            isCompared ? .microseconds("naive_token_us", secondsWithNaive) : missing("naive_token_us"),
            .whole("missed", step.missed),
            .whole("extra", step.extra),
            .whole("sequence", step.sequence),
        ]
    }
}
