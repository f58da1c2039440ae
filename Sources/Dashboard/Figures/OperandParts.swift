/// One side of a comparison as it is written: `0.9 n^0.8`, `10 % n`, `reported`, `2500`.
struct OperandParts {
    var factor = 1.0
    var name: String?
    /// Of n, where there is no name; 0 of a number alone.
    var exponent = 0.0

    /// - Throws: ``Condition/Mistake``.
    init(_ words: [String], in text: String) throws(Condition.Mistake) {
        var rest = words.joined(separator: " ")[...]
        guard !rest.isEmpty else {
            throw Condition.Mistake(sentence: "\"\(text)\" has nothing on one side of its comparison.")
        }
        let digits = rest.prefix { $0.isNumber || $0 == "." || $0 == "-" || $0 == "e" && rest.first?.isLetter == false }
        if !digits.isEmpty {
            guard let factor = Double(digits) else {
                throw Condition.Mistake(sentence: "\"\(digits)\" in \"\(text)\" is no number.")
            }
            self.factor = factor
            rest = rest.dropFirst(digits.count).drop { $0 == " " || $0 == "*" }
            if rest.first == "%" {
                self.factor /= 100
                rest = rest.dropFirst().drop { $0 == " " }
            }
        }
        guard !rest.isEmpty else { return }
        guard rest.hasPrefix("n^") else {
            name = String(rest)
            return
        }
        guard let exponent = Double(rest.dropFirst(2)) else {
            throw Condition.Mistake(sentence: "\"\(rest)\" in \"\(text)\" is no power of n; write n^0.8.")
        }
        self.exponent = exponent
    }
}
