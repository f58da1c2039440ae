/// What makes a terminal put a text into the clipboard of the person who sits before it (OSC 52), wherever the program runs.
enum Clipboard {
    /// The longest text in bytes: xterm and its kin take a sequence of 100 000, which is base64 of this.
    static let limit = 74_994

    /// The beginning of a text that fits, in whole lines where it has any; what it is cut to otherwise.
    static func fitting(_ text: String) -> String {
        guard text.utf8.count > limit else { return text }
        var end = text.startIndex
        var lineEnd: String.Index?
        var count = 0
        while end < text.endIndex {
            count += text[end].utf8.count
            guard count <= limit else { break }
            let isLineEnd = text[end] == "\n"
            end = text.index(after: end)
            if isLineEnd { lineEnd = end }
        }
        return String(text[..<(lineEnd ?? end)])
    }

    /// The sequence, wrapped for what stands between the program and the terminal.
    ///
    /// tmux takes the plain one where it keeps a clipboard itself (`set-clipboard on`) and passes the wrapped one on where
    /// it may (`allow-passthrough on`): both are sent, and one of them is passed over in silence. GNU screen passes strings
    /// on that are short.
    static func sequence(_ text: String, type: String, environment: [String: String]) -> String {
        let plain = "\u{1B}]52;c;\(base64(Array(text.utf8)))\u{07}"
        if environment["TMUX"]?.isEmpty == false {
            return plain + "\u{1B}Ptmux;\u{1B}" + plain + "\u{1B}\\"
        }
        let isScreen = environment["STY"]?.isEmpty == false || type.hasPrefix("screen")
        guard isScreen else { return plain }
        var rest = Substring(plain)
        var out = ""
        while !rest.isEmpty {
            out += "\u{1B}P" + rest.prefix(240) + "\u{1B}\\"
            rest = rest.dropFirst(240)
        }
        return out
    }

    /// RFC 4648, with padding.
    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var out = ""
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let value = (0..<3).reduce(0) { $0 << 8 | (start + $1 < part.endIndex ? Int(part[start + $1]) : 0) }
            for digit in 0..<4 {
                out.append(digit <= part.count ? digits[value >> (18 - 6 * digit) & 63] : "=")
            }
        }
        return out
    }
}

extension Terminal {
    /// Puts a text into the terminal's clipboard, or as much of it as the terminal takes at once.
    ///
    /// No terminal says whether it did so; some are set up to pass it over.
    /// - Returns: The bytes of the text that were sent; nil where the terminal has no clipboard.
    public func copy(_ text: String) -> Int? {
        guard isOpen, profile.takesClipboard, let queue else { return nil }
        let sent = Clipboard.fitting(text)
        queue.append(Clipboard.sequence(sent, type: type, environment: Self.environment))
        queue.push()
        return sent.utf8.count
    }
}
