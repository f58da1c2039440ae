extension TOMLReader {
    /// A text in quotation marks of any of the four kinds.
    mutating func string() throws(TOMLError) -> String {
        if has("\"\"\"") { return try longString(quote: UInt8(ascii: "\"")) }
        if has("'''") { return try longString(quote: UInt8(ascii: "'")) }
        return peek() == UInt8(ascii: "\"") ? try basicString() : try literalString()
    }

    /// `"…"` with escapes, on one line.
    mutating func basicString() throws(TOMLError) -> String {
        let start = self
        at += 1
        var text: [UInt8] = []
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += try escape()
            case 0x0A, 0x0D: throw start.error("the text is not closed on its line; end it with \".")
            default:
                try refuseControl(byte)
                text.append(byte)
                at += 1
            }
        }
        throw start.error("the text is not closed; end it with \".")
    }

    /// `'…'` without escapes, on one line.
    mutating func literalString() throws(TOMLError) -> String {
        let start = self
        at += 1
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "'"):
                at += 1
                return String(decoding: bytes[(start.at + 1)..<(at - 1)], as: UTF8.self)
            case 0x0A, 0x0D: throw start.error("the text is not closed on its line; end it with '.")
            default:
                try refuseControl(byte)
                at += 1
            }
        }
        throw start.error("the text is not closed; end it with '.")
    }

    /// A text of several lines in three quotation marks; a line break right behind the first three does not count.
    private mutating func longString(quote: UInt8) throws(TOMLError) -> String {
        let start = self
        let mark = String(repeating: quote == UInt8(ascii: "\"") ? "\"" : "'", count: 3)
        at += 3
        _ = try lineBreak()
        var text: [UInt8] = []
        while let byte = peek() {
            if byte == quote {
                var count = 0
                while peek() == quote, count < 5 { (at, count) = (at + 1, count + 1) }
                // Up to two marks may stand before the three that end it.
                text += Array(repeating: quote, count: count >= 3 ? count - 3 : count)
                if count >= 3 { return String(decoding: text, as: UTF8.self) }
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                if try !lineContinuation() { text += try escape() }
            } else if try lineBreak() {
                text.append(0x0A)
            } else {
                try refuseControl(byte)
                text.append(byte)
                at += 1
            }
        }
        throw start.error("the text is not closed; end it with \(mark).")
    }

    /// A backslash at the end of a line takes the break and all blank space behind it away.
    private mutating func lineContinuation() throws(TOMLError) -> Bool {
        var ahead = self
        ahead.at += 1
        ahead.skipBlanks()
        guard try ahead.lineBreak() else { return false }
        repeat { ahead.skipBlanks() } while try ahead.lineBreak()
        self = ahead
        return true
    }

    private mutating func escape() throws(TOMLError) -> [UInt8] {
        let start = self
        at += 2
        switch start.peek(1) {
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "\""): return [0x22]
        case UInt8(ascii: "\\"): return [0x5C]
        case UInt8(ascii: "u"): return try scalar(digits: 4, start)
        case UInt8(ascii: "U"): return try scalar(digits: 8, start)
        default: throw start.error("no such escape; there are \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX and \\UXXXXXXXX.")
        }
    }

    private mutating func scalar(digits: Int, _ start: TOMLReader) throws(TOMLError) -> [UInt8] {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = peek().flatMap(Self.hexadecimal) else {
                throw start.error("the escape needs \(digits) hexadecimal digits.")
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        guard let scalar = Unicode.Scalar(value) else { throw start.error("the escape names no Unicode scalar.") }
        return Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
