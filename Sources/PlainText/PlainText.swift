/// Text from outside made fit to be read: names, paths, arguments, what a file or a terminal says.
///
/// Written raw, such text could move the cursor, write to the clipboard, forge a second message, turn the order of what
/// stands beside it, or fill the screen.
extension StringProtocol {
    /// The text in one line, without anything that a terminal obeys, and not long.
    ///
    /// Control characters, line breaks, marks of direction and invisible characters are written as `\n` or `\u{1B}`. Of a
    /// text that is too long the beginning and the end stay, with an ellipsis between.
    /// - Parameter limit: Unicode scalars of the text that are kept, at least 8.
    /// - Complexity: O(limit), and O(scalars) to know that it is longer.
    public func plain(_ limit: Int = 240) -> String {
        let limit = Swift.max(8, limit)
        guard unicodeScalars.dropFirst(limit).isEmpty else {
            let tail = limit / 3
            return Self.escaped(unicodeScalars.prefix(limit - tail - 1)) + "…"
                + Self.escaped(unicodeScalars.suffix(tail))
        }
        return Self.escaped(unicodeScalars)
    }

    private static func escaped(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = ""
        for scalar in scalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.isObeyed: text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether a terminal or the algorithm of direction acts on the scalar where it should show it.
    var isObeyed: Bool {
        if value < 0x7F { return value < 0x20 }
        // Two joiners that scripts are written with.
        if value == 0x200C || value == 0x200D { return false }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default: return false
        }
    }
}
