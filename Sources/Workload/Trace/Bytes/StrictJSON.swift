/// JSON as RFC 8259 has it and no more: a key that stands twice, a number that is none, or anything after the value is
/// refused, since two readers would take different things from it.
enum StrictJSON: Equatable, Sendable {
    case object([String: StrictJSON])
    case array([StrictJSON])
    case string(String)
    case integer(Int)
    case number(Double)
    case bool(Bool)
    case null

    /// Why text is not JSON, and where.
    struct Fault: Error, Equatable {
        var reason: String
        /// Bytes from the start.
        var offset: Int
    }

    /// Reads a whole text; white space may surround it.
    init(_ text: [UInt8]) throws(Fault) {
        var reader = JSONReader(text: text)
        self = try reader.document()
    }
}

/// Reads JSON from left to right.
private struct JSONReader {
    let text: [UInt8]
    private var at = 0

    /// Objects within objects; what is written for tensors needs three.
    private static let deepest = 64

    init(text: [UInt8]) { self.text = text }

    mutating func document() throws(StrictJSON.Fault) -> StrictJSON {
        let value = try value(depth: 0)
        skipSpace()
        guard at == text.count else { throw fault("something follows the closing bracket") }
        return value
    }

    private func fault(_ reason: String) -> StrictJSON.Fault { .init(reason: reason, offset: at) }

    private var next: UInt8? { at < text.count ? text[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        at += 1
        return true
    }

    private mutating func value(depth: Int) throws(StrictJSON.Fault) -> StrictJSON {
        guard depth < Self.deepest else { throw fault("it is nested too deeply") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some: return try number()
        case nil: throw fault("it ends early")
        }
    }

    private mutating func word(_ letters: String, _ value: StrictJSON) throws(StrictJSON.Fault) -> StrictJSON {
        for letter in letters.utf8 where !take(letter) { throw fault("a word is neither true, false nor null") }
        return value
    }

    private mutating func object(depth: Int) throws(StrictJSON.Fault) -> StrictJSON {
        at += 1
        var members: [String: StrictJSON] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon is missing") }
            guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                throw fault("the key “\(key)” stands twice")
            }
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("a comma or a closing brace is missing") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(StrictJSON.Fault) -> StrictJSON {
        at += 1
        var members: [StrictJSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(members) }
        repeat {
            members.append(try value(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("a comma or a closing bracket is missing") }
        return .array(members)
    }

    private mutating func number() throws(StrictJSON.Fault) -> StrictJSON {
        let start = at
        func digits(_ reader: inout JSONReader) -> Int {
            let first = reader.at
            while let byte = reader.next, (0x30...0x39).contains(byte) { reader.at += 1 }
            return reader.at - first
        }
        _ = take(UInt8(ascii: "-"))
        let leadsWithZero = next == UInt8(ascii: "0")
        let whole = digits(&self)
        guard whole > 0, !(leadsWithZero && whole > 1) else { throw fault("a value is not JSON") }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard digits(&self) > 0 else { throw fault("a number has no digits after its point") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits(&self) > 0 else { throw fault("a number has no digits in its exponent") }
        }
        let digits = String(decoding: text[start..<at], as: UTF8.self)
        if isWhole, let integer = Int(digits) { return .integer(integer) }
        guard let number = Double(digits) else { throw fault("a value is not JSON") }
        return .number(number)
    }

    private mutating func string() throws(StrictJSON.Fault) -> String {
        guard take(UInt8(ascii: "\"")) else { throw fault("a string is missing") }
        var bytes: [UInt8] = []
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: bytes, as: UTF8.self) else {
                    throw fault("a string is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): try escape(into: &bytes)
            case 0..<0x20: throw fault("a string holds a control character")
            default: bytes.append(byte)
            }
        }
        throw fault("a string does not end")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(StrictJSON.Fault) {
        guard let byte = next else { throw fault("a string does not end") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes += String(try character()).utf8
        default: throw fault("a string holds an escape that JSON has not")
        }
    }

    /// A character beyond 65 535 is written as a pair.
    private mutating func character() throws(StrictJSON.Fault) -> Character {
        var code = try fourDigits()
        if (0xD800..<0xDC00).contains(code), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let low = try fourDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw fault("a string holds half a character") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault("a string holds half a character") }
        return Character(scalar)
    }

    private mutating func fourDigits() throws(StrictJSON.Fault) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("a string holds an escape that JSON has not")
            }
            at += 1
            code = code << 4 | UInt32(digit)
        }
        return code
    }
}
