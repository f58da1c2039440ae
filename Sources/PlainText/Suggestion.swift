/// What was probably meant by a name that does not exist.
public enum Suggestion {
    /// "unknown view "rcae"; did you mean "race"?", or all names where none is near.
    public static func unknown(_ kind: String, _ name: String, among names: [String]) -> String {
        let name = name.plain(40)
        if let near = nearest(to: name, among: names) {
            return "unknown \(kind) \"\(name)\"; did you mean \"\(near)\"?"
        }
        return "unknown \(kind) \"\(name)\"; there are \(names.joined(separator: ", "))."
    }

    /// The name that the fewest edits lead to, if they are few for its length.
    public static func nearest(to name: String, among names: [String]) -> String? {
        // Names from a file may be of any length and number.
        guard name.utf8.count <= longestName else { return nil }
        let scored = names.lazy.filter { $0.utf8.count <= longestName }.prefix(mostNames).map {
            ($0, distance(name.lowercased(), $0.lowercased()))
        }
        guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(1, best.0.count / 3) else { return nil }
        return best.0
    }

    private static let longestName = 200
    private static let mostNames = 4096

    /// Insertions, deletions, changes and swaps of neighbours (Damerau 1964, restricted).
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var before = Array(repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }
}
