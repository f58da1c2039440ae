import Screen

/// Turns what ncurses reads into events, and swallows the sequences that ncurses does not know.
///
/// A modified arrow, a late answer to a query or the focus report of a terminal arrives as Escape and ordinary
/// characters: without this it would press keys that nobody pressed.
struct KeyDecoder {
    /// One thing that ncurses read.
    enum Code: Equatable {
        case character(UInt32)
        /// A function key by the number and by the name of its capability.
        case function(Int32, name: String)
        case mouse(MouseEvent)
    }

    /// - Complexity: O(codes).
    func events(_ codes: [Code]) -> [InputEvent] {
        var events: [InputEvent] = []
        var at = 0
        while at < codes.count {
            if codes[at] == .character(0x1B), let (event, next) = sequence(codes, from: at) {
                if let event { events.append(event) }
                at = next
                continue
            }
            switch codes[at] {
            case .character(let value): if let key = Self.key(value) { events.append(.key(key)) }
            case .function(_, let name):
                if let key = Self.named[name] ?? Self.function(name) { events.append(.key(key)) }
            case .mouse(let event): events.append(.mouse(event))
            }
            at += 1
        }
        return events
    }

    /// An escape sequence that begins at `start`: what it means, if anything, and where it ends. nil where there is none.
    private func sequence(_ codes: [Code], from start: Int) -> (InputEvent?, Int)? {
        guard let introducer = character(codes, start + 1) else { return nil }
        switch introducer {
        case 0x4F:  // SS3 and one letter
            guard let value = character(codes, start + 2), let key = Self.final(value, "") else { return nil }
            return (.key(key), start + 3)
        case 0x5B:  // CSI: parameters up to a final byte
            var parameters = ""
            var at = start + 2
            while let value = character(codes, at), let scalar = Unicode.Scalar(value) {
                at += 1
                if (0x20...0x3F).contains(value) {
                    parameters.unicodeScalars.append(scalar)
                } else if let key = Self.final(value, parameters) {
                    return (.key(key), at)
                } else {
                    // Reports: cursor, device, mode, size, focus. Anything else was typed: Escape, bracket, letter.
                    return "RcnytuIO".unicodeScalars.contains(scalar) ? (nil, at) : nil
                }
            }
            return nil
        case 0x5D, 0x50, 0x5F, 0x5E:  // OSC, DCS, APC, PM: text up to BEL or ST
            var at = start + 2
            while let value = character(codes, at) {
                if value == 0x07 { return (nil, at + 1) }
                if value == 0x1B && character(codes, at + 1) == 0x5C { return (nil, at + 2) }
                at += 1
            }
            // Cut off: the rest of an answer is not typed text either, unless it is a lone key.
            return at > start + 2 ? (nil, at) : nil
        default: return nil
        }
    }

    private func character(_ codes: [Code], _ at: Int) -> UInt32? {
        guard at < codes.count, case .character(let value) = codes[at] else { return nil }
        return value
    }

    private static func final(_ value: UInt32, _ parameters: String) -> Key? {
        switch value {
        case 0x41: return .up
        case 0x42: return .down
        case 0x43: return .right
        case 0x44: return .left
        case 0x46: return .end
        case 0x48: return .home
        case 0x5A: return .backTab
        case 0x50...0x53 where parameters.isEmpty || parameters.hasPrefix("1"): return .function(Int(value) - 0x4F)
        case 0x7E: return tilde[String(parameters.prefix { $0 != ";" })]
        default: return nil
        }
    }

    private static let tilde: [String: Key] = [
        "1": .home, "2": .insert, "3": .delete, "4": .end, "5": .pageUp, "6": .pageDown, "7": .home, "8": .end,
        "11": .function(1), "12": .function(2), "13": .function(3), "14": .function(4), "15": .function(5),
        "17": .function(6), "18": .function(7), "19": .function(8), "20": .function(9), "21": .function(10),
        "23": .function(11), "24": .function(12),
    ]

    private static func key(_ value: UInt32) -> Key? {
        switch value {
        case 0: return .control(" ")
        case 8, 0x7F: return .backspace
        case 9: return .tab
        case 10, 13: return .enter
        case 0x1B: return .escape
        case 1...26: return Unicode.Scalar(value + 0x60).map { .control(Character($0)) }
        case 0x1C...0x1F: return Unicode.Scalar(value + 0x40).map { .control(Character($0)) }
        case 0x80..<0xA0: return nil
        default: return Unicode.Scalar(value).map { .character(Character($0)) }
        }
    }

    private static let named: [String: Key] = {
        var keys: [String: Key] = [
            "KEY_UP": .up, "KEY_DOWN": .down, "KEY_LEFT": .left, "KEY_RIGHT": .right, "KEY_SR": .up, "KEY_SF": .down,
            "KEY_SLEFT": .left, "KEY_SRIGHT": .right, "KEY_PPAGE": .pageUp, "KEY_NPAGE": .pageDown,
            "KEY_SPREVIOUS": .pageUp, "KEY_SNEXT": .pageDown, "KEY_HOME": .home, "KEY_SHOME": .home, "KEY_FIND": .home,
            "KEY_A1": .home, "KEY_A3": .pageUp, "KEY_C1": .end, "KEY_C3": .pageDown, "KEY_END": .end, "KEY_SEND": .end,
            "KEY_SELECT": .end, "KEY_LL": .end, "KEY_IC": .insert, "KEY_DC": .delete, "KEY_SDC": .delete,
            "KEY_ENTER": .enter, "KEY_BTAB": .backTab, "KEY_BACKSPACE": .backspace,
        ]
        // Extended names: kUP5 is the up arrow with the control key, and so on for 2…8.
        for (stem, key) in [
            ("kUP", Key.up), ("kDN", .down), ("kLFT", .left), ("kRIT", .right), ("kPRV", .pageUp), ("kNXT", .pageDown),
            ("kHOM", .home), ("kEND", .end), ("kIC", .insert), ("kDC", .delete),
        ] {
            for modifier in ["", "2", "3", "4", "5", "6", "7", "8"] { keys[stem + modifier] = key }
        }
        return keys
    }()

    /// `KEY_F(5)` is F5; beyond 12 the modifiers are folded in, so F13 to F24 are F1 to F12 again.
    private static func function(_ name: String) -> Key? {
        guard name.hasPrefix("KEY_F("), let number = Int(name.dropFirst(6).dropLast()), number > 0 else { return nil }
        return .function((number - 1) % 12 + 1)
    }
}
