import PlainText

extension Condition {
    /// What is wrong with a condition, as a sentence.
    struct Mistake: Error { var sentence: String }

    /// Reads `[every|some|median|mean|least|most|last] operand comparison operand`; the right side may have its own.
    /// - Throws: ``Mistake``.
    init(_ text: String) throws(Mistake) {
        self.text = text
        if let wish = try Self.wish(text) {
            wanted = wish
            comparison = .equal
            left = Operand()
            right = Operand()
            return
        }
        var (words, comparison, rest) = try Self.sides(of: text)
        self.comparison = comparison
        if let first = words.first, let aggregate = Aggregate(rawValue: first) {
            self.aggregate = aggregate
            words.removeFirst()
        }
        left = try Self.operand(words, in: text)
        // "0.5 most reported" says the factor first.
        if let at = rest.firstIndex(where: { Aggregate(rawValue: $0) != nil }), at <= 1 {
            rightAggregate = Aggregate(rawValue: rest.remove(at: at))
            guard rightAggregate != .every, rightAggregate != .some else {
                throw Mistake(sentence: "\"\(text)\": every and some stand at the beginning.")
            }
        }
        right = try Self.operand(rest, in: text)
    }

    /// `same_text`, or `text == "…"`; nil for a claim about numbers.
    private static func wish(_ text: String) throws(Mistake) -> TextWish? {
        let trimmed = text.drop { $0 == " " }
        if trimmed.split(separator: " ") == ["same_text"] { return .same }
        guard trimmed.hasPrefix("text"), let equal = trimmed.range(of: "=="),
            trimmed[..<equal.lowerBound].split(separator: " ") == ["text"]
        else { return nil }
        let quoted = trimmed[equal.upperBound...].drop { $0 == " " }
        guard quoted.count >= 2, quoted.first == "\"", quoted.last == "\"" else {
            throw Mistake(
                sentence: "\"\(text)\" compares the text with nothing in quotation marks; write text == \"…\".")
        }
        return .text(String(quoted.dropFirst().dropLast()))
    }

    /// The words before a comparison, and those after it.
    static func sides(of text: String) throws(Mistake) -> (left: [String], Comparison, right: [String]) {
        // The longer signs first, so that ">=" is not read as ">".
        for comparison in Comparison.allCases {
            guard let range = text.range(of: comparison.rawValue) else { continue }
            func words(_ side: Substring) -> [String] { side.split(separator: " ").map(String.init) }
            return (words(text[..<range.lowerBound]), comparison, words(text[range.upperBound...]))
        }
        throw Mistake(sentence: "\"\(text)\" compares nothing; write a metric, one of > < >= <= == != and a value.")
    }

    private static func operand(_ words: [String], in text: String) throws(Mistake) -> Operand {
        let parts = try OperandParts(words, in: text)
        return Operand(
            factor: parts.factor,
            metric: try parts.name.map { name throws(Mistake) in try Metric(named: name, in: text) },
            exponent: parts.exponent)
    }
}

extension Metric {
    fileprivate init(named name: String, in text: String) throws(Condition.Mistake) {
        if let metric = Metric(rawValue: name) {
            self = metric
            return
        }
        if Self.timed.contains(name) {
            throw Condition.Mistake(
                sentence: "\"\(name)\" is a time; times are shown and never decide: ask for counts, errors or steps.")
        }
        throw Condition.Mistake(
            sentence: Suggestion.unknown("metric", name, among: Metric.allCases.map(\.rawValue)))
    }

    /// Names that would be times.
    private static let timed: Set<String> = [
        "hsr", "naive", "ratio", "time", "speed", "speedup", "hsr_us", "naive_us", "rule_us", "seconds", "faster",
    ]
}
