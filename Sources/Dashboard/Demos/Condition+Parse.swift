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
        // The longer signs first, so that ">=" is not read as ">".
        var found: (Comparison, Range<String.Index>)?
        for comparison in Comparison.allCases {
            if let range = text.range(of: comparison.rawValue) {
                found = (comparison, range)
                break
            }
        }
        guard let (comparison, range) = found else {
            throw Mistake(sentence: "\"\(text)\" compares nothing; write a metric, one of > < >= <= == != and a value.")
        }
        self.comparison = comparison
        var words = text[..<range.lowerBound].split(separator: " ").map(String.init)
        if let first = words.first, let aggregate = Aggregate(rawValue: first) {
            self.aggregate = aggregate
            words.removeFirst()
        }
        left = try Self.operand(words, in: text)
        var rest = text[range.upperBound...].split(separator: " ").map(String.init)
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

    private static func operand(_ words: [String], in text: String) throws(Mistake) -> Operand {
        var operand = Operand()
        var rest = words.joined(separator: " ")[...]
        guard !rest.isEmpty else { throw Mistake(sentence: "\"\(text)\" has nothing on one side of its comparison.") }
        let digits = rest.prefix { $0.isNumber || $0 == "." || $0 == "-" || $0 == "e" && rest.first?.isLetter == false }
        if !digits.isEmpty {
            guard let factor = Double(digits) else {
                throw Mistake(sentence: "\"\(digits)\" in \"\(text)\" is no number.")
            }
            operand.factor = factor
            rest = rest.dropFirst(digits.count).drop { $0 == " " || $0 == "*" }
            if rest.first == "%" {
                operand.factor /= 100
                rest = rest.dropFirst().drop { $0 == " " }
            }
        }
        guard !rest.isEmpty else { return operand }
        if rest.hasPrefix("n^") {
            guard let exponent = Double(rest.dropFirst(2)) else {
                throw Mistake(sentence: "\"\(rest)\" in \"\(text)\" is no power of n; write n^0.8.")
            }
            operand.exponent = exponent
            return operand
        }
        operand.metric = try Metric(named: String(rest), in: text)
        return operand
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
