/// Goes through the bytes of a text once; the structure of lines is here, keys and values in the other files.
///
/// Nothing in it can trap: every byte is asked for with ``peek(_:)``, which is nil behind the end.
struct TOMLReader {
    let bytes: [UInt8]
    var at = 0
    /// From 1.
    private(set) var line = 1
    private var lineStart = 0

    /// Tables and lists within each other; a text that goes deeper is refused, so that no stack overflows.
    static let deepest = 64

    init(_ text: String) {
        bytes = Array(text.utf8)
        // A mark of the byte order says nothing in UTF-8.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (at, lineStart) = (3, 3) }
    }

    mutating func document() throws(TOMLError) -> TOMLTable {
        let root = TableNode(.header, line: nil)
        var (open, depth) = (root, 0)
        while true {
            skipBlanks()
            guard let byte = peek() else { return root.table }
            switch byte {
            case UInt8(ascii: "#"), 0x0A, 0x0D: break
            case UInt8(ascii: "["): (open, depth) = try header(in: root)
            default: try pair(into: open, depth: depth)
            }
            try endOfLine()
        }
    }

    // MARK: Headers and pairs

    /// `[a.b]` or `[[a.b]]`: the table that the following lines fill, and how deep it lies.
    private mutating func header(in root: TableNode) throws(TOMLError) -> (TableNode, depth: Int) {
        let start = self
        at += 1
        let isList = peek() == UInt8(ascii: "[")
        if isList { at += 1 }
        let parts = try key(depth: 0)
        guard let last = parts.last else { throw start.error("a header needs a name.") }
        for _ in 0..<(isList ? 2 : 1) {
            guard peek() == UInt8(ascii: "]") else {
                throw error("the header ends with \(isList ? "]]" : "]") after its name.")
            }
            at += 1
        }
        var node = root
        for part in parts.dropLast() { node = try start.step(into: part, of: node, creating: .path) }
        let made = TableNode(.header, line: start.line)
        switch node[last] {
        case nil:
            node.add(last, isList ? .tables(TableList(made)) : .table(made), line: start.line)
        case .tables(let list) where isList: list.elements.append(made)
        case .table(let table) where !isList && table.origin == .path:
            table.origin = .header
            return (table, parts.count)
        default: throw start.taken(last, in: node)
        }
        return (made, parts.count)
    }

    /// `key = value`.
    mutating func pair(into table: TableNode, depth: Int) throws(TOMLError) {
        let start = self
        let parts = try key(depth: depth)
        guard let last = parts.last else { throw start.error("a key is missing.") }
        guard peek() == UInt8(ascii: "=") else {
            throw error("after the key \(Self.quoted(last)) comes = and a value.")
        }
        at += 1
        skipBlanks()
        var node = table
        for part in parts.dropLast() { node = try start.step(into: part, of: node, creating: .dotted) }
        guard node[last] == nil else { throw start.taken(last, in: node) }
        node.add(last, .value(try value(depth: depth + parts.count)), line: start.line)
    }

    /// The table under a part of a key that is not its last.
    private func step(
        into part: String, of node: TableNode, creating origin: TableNode.Origin
    ) throws(TOMLError) -> TableNode {
        switch node[part] {
        case nil:
            let made = TableNode(origin, line: line)
            node.add(part, .table(made), line: line)
            return made
        // A dotted key adds to what dotted keys made; a header goes through all that is not closed.
        case .table(let table) where origin == .path ? table.origin != .inline : table.origin == .dotted:
            return table
        case .tables(let list) where origin == .path:
            guard let last = list.elements.last else { throw taken(part, in: node) }
            return last
        default: throw taken(part, in: node)
        }
    }

    private func taken(_ key: String, in node: TableNode) -> TOMLError {
        let before = node.line(of: key).map { " in line \($0)" } ?? ""
        return error("\(Self.quoted(key)) was given before\(before).")
    }

    // MARK: Bytes and lines

    func peek(_ ahead: Int = 0) -> UInt8? {
        let place = at + ahead
        return place < bytes.count ? bytes[place] : nil
    }

    func has(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            bytes.count - at >= wanted.count && wanted.indices.allSatisfy { bytes[at + $0] == wanted[$0] }
        }
    }

    mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 { at += 1 }
    }

    /// Takes a line break, if there is one.
    mutating func lineBreak() throws(TOMLError) -> Bool {
        switch peek() {
        case 0x0A: at += 1
        case 0x0D:
            guard peek(1) == 0x0A else { throw error("a carriage return stands alone; end lines with a line feed.") }
            at += 2
        default: return false
        }
        line += 1
        lineStart = at
        return true
    }

    mutating func comment() throws(TOMLError) {
        guard peek() == UInt8(ascii: "#") else { return }
        while let byte = peek(), byte != 0x0A, byte != 0x0D {
            try refuseControl(byte)
            at += 1
        }
    }

    private mutating func endOfLine() throws(TOMLError) {
        skipBlanks()
        try comment()
        guard try !lineBreak(), peek() != nil else { return }
        throw error("the line ends after the value; begin a new line for what follows.")
    }

    func refuseControl(_ byte: UInt8) throws(TOMLError) {
        guard byte < 0x20 && byte != 0x09 || byte == 0x7F else { return }
        let digits = String(byte, radix: 16, uppercase: true)
        throw error(
            "the control character U+\(String(repeating: "0", count: 4 - digits.count))\(digits) is not allowed.")
    }

    /// A mistake at the present place.
    func error(_ sentence: String) -> TOMLError {
        let before = bytes[min(lineStart, bytes.count)..<max(lineStart, min(at, bytes.count))]
        // Bytes that continue a scalar are no columns.
        return TOMLError(line: line, column: 1 + before.count { $0 & 0xC0 != 0x80 }, sentence: sentence)
    }

    /// A key for a sentence: short, and on one line.
    static func quoted(_ key: String) -> String {
        let shown = key.unicodeScalars.prefix(40).map {
            $0.properties.isPatternWhitespace || $0.value < 0x20 ? "·" : $0
        }
        var text = "\""
        text.unicodeScalars.append(contentsOf: shown)
        return text + (key.unicodeScalars.count > 40 ? "…\"" : "\"")
    }
}
