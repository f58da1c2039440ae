/// The line of every key of a demo file, the elements of its lists of tables told apart: "chapter.1.caption.0.text".
struct DemoLines {
    private var lines: [String: Int] = [:]

    init(_ text: String) {
        var section = ""
        var counts: [String: Int] = [:]
        var fence: String?
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if let open = fence {
                // Inside a text of several lines nothing is a key.
                if line.contains(open) { fence = nil }
                continue
            }
            if line.hasPrefix("[[") {
                let name = Self.name(line.drop { $0 == "[" }.prefix { $0 != "]" })
                let path = Self.path(of: name, counts)
                let count = counts[path, default: 0]
                counts[path] = count + 1
                section = "\(path).\(count)"
                lines[section] = number + 1
                lines[path] = lines[path] ?? number + 1
            } else if line.hasPrefix("[") {
                section = Self.path(of: Self.name(line.drop { $0 == "[" }.prefix { $0 != "]" }), counts)
                lines[section] = lines[section] ?? number + 1
            } else if !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") {
                let key = Self.name(line[..<equals])
                let path = section.isEmpty ? key : "\(section).\(key)"
                lines[path] = lines[path] ?? number + 1
                for mark in ["\"\"\"", "'''"] where line.components(of: mark) == 1 { fence = mark }
            }
        }
    }

    /// The line of a key; of one that stands in the line of its table, that line.
    subscript(path: String) -> Int? {
        if let line = lines[path] { return line }
        guard let dot = path.lastIndex(of: ".") else { return nil }
        return self[String(path[..<dot])]
    }

    /// "chapter.caption" → "chapter.3.caption", the newest of each list that it goes through.
    private static func path(of name: String, _ counts: [String: Int]) -> String {
        var path = ""
        for part in name.split(separator: ".") {
            if let count = counts[path], count > 0 { path += ".\(count - 1)" }
            path += path.isEmpty ? String(part) : ".\(part)"
        }
        return path
    }

    private static func name(_ text: some StringProtocol) -> String {
        String(text.filter { $0 != " " && $0 != "\t" && $0 != "\"" && $0 != "'" })
    }
}

extension Substring {
    /// How often a mark stands in it.
    fileprivate func components(of mark: String) -> Int {
        var (rest, count) = (self, 0)
        while let range = rest.range(of: mark) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
