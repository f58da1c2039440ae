import Screen

extension KeyDecoder {
    /// One character in UTF-8; bytes that are none press nothing.
    func character(_ rest: inout ArraySlice<UInt8>) -> Step {
        guard let first = rest.first else { return .nothing }
        let length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
        let tail = rest.dropFirst().prefix(max(0, length - 1))
        guard length > 0, tail.allSatisfy({ $0 & 0xC0 == 0x80 }) else {
            rest = rest.dropFirst()
            return .nothing
        }
        guard tail.count == length - 1 else { return .incomplete }
        let text = String(decoding: rest.prefix(length), as: UTF8.self)
        rest = rest.dropFirst(length)
        guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else { return .nothing }
        return Self.key(scalar.value).map { .event(.key($0)) } ?? .nothing
    }

    /// The key of the last byte of a sequence with its parameters; modifiers do not count.
    static func final(_ value: UInt8, _ parameters: String) -> Key? {
        guard parameters.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ";") }) else { return nil }
        switch value {
        case 0x41: return .up
        case 0x42: return .down
        case 0x43: return .right
        case 0x44: return .left
        case 0x46: return .end
        case 0x48: return .home
        case 0x5A: return .backTab
        case 0x50...0x53 where parameters.isEmpty || parameters.hasPrefix("1;"): return .function(Int(value) - 0x4F)
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

    static func key(_ value: UInt32) -> Key? {
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
}
