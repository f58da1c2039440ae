extension TOMLReader {
    /// A value of any kind.
    /// - Parameter depth: Tables and lists around it.
    mutating func value(depth: Int) throws(TOMLError) -> TOMLValue {
        switch peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string())
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "{"): return try inlineTable(depth: depth)
        default: return try word()
        }
    }

    /// `[1, 2]`, over lines if wanted, with a comma behind the last if wanted.
    private mutating func array(depth: Int) throws(TOMLError) -> TOMLValue {
        let start = self
        guard depth < Self.deepest else { throw error("lists lie more than \(Self.deepest) deep in each other.") }
        at += 1
        var elements: [TOMLValue] = []
        while true {
            try skipBetweenElements()
            if peek() == UInt8(ascii: "]") { break }
            guard peek() != nil else { throw start.error("the list is not closed; end it with ].") }
            elements.append(try value(depth: depth + 1))
            try skipBetweenElements()
            guard peek() == UInt8(ascii: ",") else {
                if peek() == UInt8(ascii: "]") { break }
                guard peek() != nil else { throw start.error("the list is not closed; end it with ].") }
                throw error("between the values of a list comes a comma, behind them ].")
            }
            at += 1
        }
        at += 1
        return .array(elements)
    }

    /// Blanks, comments and line breaks.
    private mutating func skipBetweenElements() throws(TOMLError) {
        repeat {
            skipBlanks()
            try comment()
        } while try lineBreak()
    }

    /// `{ a = 1, b = 2 }`, on one line, without a comma behind the last.
    private mutating func inlineTable(depth: Int) throws(TOMLError) -> TOMLValue {
        let node = TableNode(.inline, line: line)
        at += 1
        skipBlanks()
        if peek() == UInt8(ascii: "}") {
            at += 1
            return .table(node.table)
        }
        while true {
            skipBlanks()
            try pair(into: node, depth: depth)
            skipBlanks()
            switch peek() {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "}"):
                at += 1
                return .table(node.table)
            default: throw error("a table in braces is one line: a comma between its keys, } behind the last.")
            }
        }
    }

    /// true, false, a number, or what is none of them.
    private mutating func word() throws(TOMLError) -> TOMLValue {
        let start = self
        while let byte = peek(), !Self.endsWord(byte) { at += 1 }
        let text = String(decoding: bytes[start.at..<at], as: UTF8.self)
        switch text {
        case "": throw start.error("a value is expected.")
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: break
        }
        do {
            if let number = try TOMLNumber.value(text) { return number }
        } catch {
            throw start.error(error.sentence)
        }
        throw start.error("\(Self.quoted(text)) is no value; write a text in quotation marks.")
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x0A, 0x0D, 0x20, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "#"): true
        default: false
        }
    }
}
