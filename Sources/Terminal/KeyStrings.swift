import CNcurses
import Screen

/// What the keys of a terminal send, from its terminfo entry.
struct KeyStrings {
    private(set) var keys: [[UInt8]: Key] = [:]
    /// All that begins one of them.
    private var beginnings: Set<[UInt8]> = []

    init(_ keys: [[UInt8]: Key] = [:]) {
        for (bytes, key) in keys { add(bytes, key) }
    }

    /// The strings of the terminal that was set up last.
    static func ofTerminal() -> KeyStrings {
        var strings = KeyStrings()
        func add(_ name: String, _ key: Key) {
            guard let value = hs_capability(name) else { return }
            strings.add(Array(Terminal.withoutPadding(String(cString: value)).utf8), key)
        }
        for (names, key) in Self.names { for name in names.split(separator: " ") { add(String(name), key) } }
        // Extended names: kUP5 is the up arrow with the control key, and so on for 2…8.
        for (stem, key) in Self.modified {
            for suffix in ["", "2", "3", "4", "5", "6", "7", "8"] { add(stem + suffix, key) }
        }
        // Beyond 12 the modifiers are folded in: F13 to F24 are F1 to F12 again.
        for number in 1...63 { add("kf\(number)", .function((number - 1) % 12 + 1)) }
        return strings
    }

    private mutating func add(_ bytes: [UInt8], _ key: Key) {
        // A single byte is a character, whatever the entry calls it.
        guard bytes.count > 1, keys[bytes] == nil else { return }
        keys[bytes] = key
        for count in 1..<bytes.count { beginnings.insert(Array(bytes[..<count])) }
    }

    enum Match: Equatable {
        case none
        /// More bytes are needed to know.
        case begun
        case key(Key, length: Int)
    }

    /// The longest string that the bytes begin with.
    /// - Complexity: O(length²) of the longest string.
    func match(_ bytes: ArraySlice<UInt8>) -> Match {
        var found = Match.none
        var prefix: [UInt8] = []
        for byte in bytes {
            prefix.append(byte)
            if let key = keys[prefix] { found = .key(key, length: prefix.count) }
            guard beginnings.contains(prefix) else { return found }
        }
        return found == .none && !prefix.isEmpty ? .begun : found
    }

    private static let names: [(String, Key)] = [
        ("kcuu1 kri", .up), ("kcud1 kind", .down), ("kcub1", .left), ("kcuf1", .right), ("kpp ka3", .pageUp),
        ("knp kc3", .pageDown), ("khome kfnd ka1", .home), ("kend kslt kc1 kll", .end), ("kich1", .insert),
        ("kdch1", .delete), ("kent", .enter), ("kcbt", .backTab), ("kbs", .backspace),
    ]
    private static let modified: [(String, Key)] = [
        ("kUP", .up), ("kDN", .down), ("kLFT", .left), ("kRIT", .right), ("kPRV", .pageUp), ("kNXT", .pageDown),
        ("kHOM", .home), ("kEND", .end), ("kIC", .insert), ("kDC", .delete),
    ]
}
