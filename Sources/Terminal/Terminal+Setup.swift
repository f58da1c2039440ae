import CNcurses
import Screen

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Terminal {
    /// The environment of the process, read once: later changes are our own.
    static let environment: [String: String] = {
        var values: [String: String] = [:]
        for name in [
            "TERM", "COLORTERM", "NO_COLOR", "TMUX", "TERMINFO", "TERMINFO_DIRS", "HOME", "COLORFGBG", "STY", "LC_ALL",
            "LC_CTYPE", "LANG",
        ] {
            if let value = getenv(name) { values[name] = String(cString: value) }
        }
        return values
    }()

    /// Takes the characters of the environment; true if they are UTF-8.
    ///
    /// Where no language is set at all, as over many an ssh connection, nearly every terminal still speaks UTF-8.
    static func chooseLocale() -> Bool {
        // A character set that was named but is not installed is still the terminal's.
        if setlocale(LC_CTYPE, "") == nil, let named = namedCharacterSet(), named != "UTF8" { return false }
        var codeset = String(cString: hs_codeset())
        if codeset == "ANSI_X3.4-1968" || codeset == "US-ASCII" {
            if setlocale(LC_CTYPE, "C.UTF-8") == nil { setlocale(LC_CTYPE, "en_US.UTF-8") }
            codeset = String(cString: hs_codeset())
        }
        return codeset.uppercased().replacing("-", with: "") == "UTF8"
    }

    /// The set that the environment's locale names behind its point, `en_GB.UTF-8`, in capitals without dashes.
    private static func namedCharacterSet() -> String? {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
        guard let locale = names.first(where: { !$0.isEmpty }), let point = locale.firstIndex(of: ".") else {
            return nil
        }
        let set = locale[locale.index(after: point)...].prefix { $0 != "@" }
        return set.uppercased().replacing("-", with: "")
    }

    /// The number of colours in the entry of a terminal type, and whether it can report the mouse.
    static func lookUp(_ type: String, _ output: Int32) throws -> (colours: Int, hasMouse: Bool) {
        var failure: Int32 = 0
        guard setupterm(type, output, &failure) == OK else {
            switch failure {
            case 0: throw TerminalError.unknownType(type)
            case 1: throw TerminalError.cannotMoveCursor(type)
            default: throw TerminalError.cannotOpen("the terminfo folder cannot be read: install ncurses-base")
            }
        }
        defer { hs_forget_terminal() }
        guard hs_capability("cup") != nil else { throw TerminalError.cannotMoveCursor(type) }
        return (Int(tigetnum("colors")), hs_capability("kmous") != nil)
    }

    /// Where the entry's colours are not those that were decided on, puts one that has them into the environment.
    /// false where that would be needed and cannot be done.
    static func adaptEntry(_ type: String, from colours: Int, to depth: ColourDepth) -> Bool {
        switch depth {
        case .none: return true
        case .eight where colours >= 8: return true
        case .palette256 where colours == 256: return true
        case .trueColour where colours >= 1 << 24: return true
        default: break
        }
        guard var entry = TerminfoEntry(named: type, environment: environment) else { return false }
        switch depth {
        case .trueColour: entry.setTrueColour()
        case .palette256: entry.setPalette256()
        default: entry.setEightColours()
        }
        setTERMINFO(entry.environmentValue)
        return true
    }

    static func setTERMINFO(_ value: String?) {
        if let value { setenv("TERMINFO", value, 1) } else { unsetenv("TERMINFO") }
    }

    /// rxvt and its kin say `15;0`: light on dark. A hint for terminals that do not answer.
    static func ground(hint: String?) -> Ground? {
        guard let last = hint?.split(separator: ";").last, let index = Int(last), (0...15).contains(index) else {
            return nil
        }
        return index == 7 || index >= 9 ? .light : .dark
    }

    /// What a handler writes to leave the screen, from the terminal's own strings: keypad, colours, attributes, cursor,
    /// and last the other screen.
    static func restoreBytes() -> String {
        let names = ["rmkx", "op", "sgr0", "cnorm", "rmcup"]
        let strings = names.map { name in hs_capability(name).map { withoutPadding(String(cString: $0)) } ?? "" }
        // A crash may have cut a sequence short: CAN ends it.
        return "\u{18}\u{1B}[?2026l" + mouseOff + pasteOff + strings.joined() + "\r\n"
    }

    /// Terminfo strings hold waits for old printers, `$<5/>`.
    static func withoutPadding(_ text: String) -> String {
        var out = ""
        var rest = text[...]
        while let start = rest.range(of: "$<") {
            out += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: ">") else { return out }
            rest = rest[rest.index(after: end)...]
        }
        return out + rest
    }
}

extension Substring {
    /// The first place of a pattern, without Foundation.
    fileprivate func range(of pattern: String) -> Range<Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(pattern) { return at..<index(at, offsetBy: pattern.count) }
            at = index(after: at)
        }
        return nil
    }
}

/// `close` of the C library, which a method of the same name hides.
func closeDescriptor(_ descriptor: Int32) {
    _ = close(descriptor)
}
