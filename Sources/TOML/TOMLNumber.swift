/// Numbers as TOML writes them.
enum TOMLNumber {
    /// Why a number is refused.
    struct Refusal: Error {
        let sentence: String
    }

    /// An integer or a float; nil for what looks like neither.
    static func value(_ text: String) throws(Refusal) -> TOMLValue? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else { return nil }
        let isSigned = first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
        let digits = bytes.dropFirst(isSigned ? 1 : 0)
        switch String(decoding: digits, as: UTF8.self) {
        case "inf": return .float(first == UInt8(ascii: "-") ? -.infinity : .infinity)
        case "nan": return .float(.nan)
        default: break
        }
        guard let digit = digits.first, isDigit(digit) else { return nil }
        if isDate(bytes) {
            throw Refusal(sentence: "dates and times are not used here; write a text in quotation marks.")
        }
        if !isSigned, let radix = radix(of: bytes) { return .integer(try integer(bytes.dropFirst(2), radix: radix)) }
        let isFloat = digits.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
        guard !isFloat else { return .float(try float(text, digits)) }
        try refuseLeadingZero(digits)
        let magnitude = try digitsAlone(digits, where: isDigit)
        guard let value = Int((first == UInt8(ascii: "-") ? "-" : "") + magnitude) else { throw tooLarge }
        return .integer(value)
    }

    private static func radix(of bytes: [UInt8]) -> Int? {
        guard bytes.count >= 2, bytes[0] == UInt8(ascii: "0") else { return nil }
        return switch bytes[1] {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "b"): 2
        default: nil
        }
    }

    private static func integer(_ digits: ArraySlice<UInt8>, radix: Int) throws(Refusal) -> Int {
        let text = try digitsAlone(digits) { TOMLReader.hexadecimal($0).map { Int($0) < radix } ?? false }
        guard let value = Int(text, radix: radix) else { throw tooLarge }
        return value
    }

    private static func float(_ text: String, _ digits: ArraySlice<UInt8>) throws(Refusal) -> Double {
        var rest = digits
        let whole = rest.prefix { isDigit($0) || $0 == UInt8(ascii: "_") }
        try refuseLeadingZero(whole)
        _ = try digitsAlone(whole, where: isDigit)
        rest = rest.dropFirst(whole.count)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { $0 | 0x20 != UInt8(ascii: "e") }
            _ = try digitsAlone(fraction, where: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        if let mark = rest.first {
            guard mark | 0x20 == UInt8(ascii: "e") else { throw malformed }
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            _ = try digitsAlone(rest, where: isDigit)
        }
        guard let value = Double(text.filter { $0 != "_" }) else { throw malformed }
        guard value.isFinite else { throw tooLarge }
        return value
    }

    /// The digits without the underscores between them.
    private static func digitsAlone(
        _ digits: ArraySlice<UInt8>, where isDigit: (UInt8) -> Bool
    ) throws(Refusal) -> String {
        var wasDigit = false
        for byte in digits {
            guard isDigit(byte) || byte == UInt8(ascii: "_") && wasDigit else { throw malformed }
            wasDigit = byte != UInt8(ascii: "_")
        }
        guard wasDigit else { throw malformed }
        return String(decoding: digits.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func refuseLeadingZero(_ digits: ArraySlice<UInt8>) throws(Refusal) {
        guard digits.count > 1, digits.first == UInt8(ascii: "0") else { return }
        throw Refusal(sentence: "a number does not begin with a zero and another digit.")
    }

    /// "1979-05-27", "07:32:00" and all that begins so.
    private static func isDate(_ bytes: [UInt8]) -> Bool {
        let isDay = bytes.count >= 5 && bytes[..<4].allSatisfy(isDigit) && bytes[4] == UInt8(ascii: "-")
        let isTime = bytes.count >= 3 && bytes[..<2].allSatisfy(isDigit) && bytes[2] == UInt8(ascii: ":")
        return isDay || isTime
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static let malformed = Refusal(
        sentence: "the number is not well formed: digits, _ between digits, one point with digits on both sides.")
    private static let tooLarge = Refusal(sentence: "the number is too large.")
}
