extension TOMLReader {
    /// A key with its parts: `a`, `"a b"`, `a.b."c"`; blanks around the dots and behind it are taken.
    mutating func key(depth: Int) throws(TOMLError) -> [String] {
        var parts: [String] = []
        while true {
            skipBlanks()
            parts.append(try part())
            guard depth + parts.count <= Self.deepest else {
                throw error("tables lie more than \(Self.deepest) deep in each other.")
            }
            skipBlanks()
            guard peek() == UInt8(ascii: ".") else { return parts }
            at += 1
        }
    }

    private mutating func part() throws(TOMLError) -> String {
        switch peek() {
        case UInt8(ascii: "\""):
            guard !has("\"\"\"") else { throw error("a key is one line; write it in one pair of quotation marks.") }
            return try basicString()
        case UInt8(ascii: "'"):
            guard !has("'''") else { throw error("a key is one line; write it in one pair of quotation marks.") }
            return try literalString()
        default:
            let start = at
            while let byte = peek(), Self.isBare(byte) { at += 1 }
            guard at > start else {
                throw error("a key is expected: letters, digits, _ and -, or a text in quotation marks.")
            }
            return String(decoding: bytes[start..<at], as: UTF8.self)
        }
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
