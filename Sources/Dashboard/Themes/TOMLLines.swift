/// The line of every key of a TOML text, since the parser tells lines for syntax errors only.
struct TOMLLines {
    /// "roles.text" → 7.
    private var lines: [String: Int] = [:]

    init(_ text: String) {
        var section = ""
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("[") {
                section = Self.name(line.drop { $0 == "[" }.prefix { $0 != "]" })
                lines[section] = lines[section] ?? number + 1
            } else if let equals = line.firstIndex(of: "="), !line.hasPrefix("#"), !line.hasPrefix("\"#") {
                let key = Self.name(line[..<equals])
                let path = section.isEmpty ? key : "\(section).\(key)"
                lines[path] = lines[path] ?? number + 1
            }
        }
    }

    /// The line of a key; where it is written in one line with its table, the line of the table.
    subscript(path: String) -> Int? {
        if let line = lines[path] { return line }
        guard let dot = path.lastIndex(of: ".") else { return nil }
        return self[String(path[..<dot])]
    }

    private static func name(_ text: some StringProtocol) -> String {
        text.split(separator: ".").map { part in
            String(part.filter { $0 != " " && $0 != "\t" && $0 != "\"" && $0 != "'" })
        }.joined(separator: ".")
    }
}
