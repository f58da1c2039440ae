import Measurement
import Screen

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whether the terminal paints on a dark or on a light ground.
public enum Ground: Sendable, Equatable {
    case dark, light

    /// By the lightness of a background colour; nil for the default colour.
    init?(_ colour: Colour) {
        guard let lightness = Oklab(colour)?.lightness else { return nil }
        self = lightness > 0.6 ? .light : .dark
    }
}

/// What a terminal said about itself when it was asked.
struct TerminalAnswers: Equatable {
    var background: Colour?
    /// Whether it said that it knows synchronised updates.
    var synchronised = false
    /// Bytes that were no answer: keys that somebody had already pressed.
    var typed: [UInt8] = []
    /// Whether the last question is not answered yet: its answer may come at any time.
    var isOwed = false
}

/// Asks the terminal for its background (OSC 11) and for synchronised updates (DECRQM 2026), with a question behind them
/// that every terminal answers (DA1), so that nobody waits longer than it takes.
enum BackgroundQuery {
    static let question = "\u{1B}]11;?\u{1B}\\\u{1B}[?2026$p\u{1B}[c"

    /// Puts the terminal into raw mode, asks, and reads for at most `milliseconds`; the mode is put back.
    static func ask(_ terminal: Int32, milliseconds: Int) -> TerminalAnswers {
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else { return TerminalAnswers() }
        var raw = before
        cfmakeraw(&raw)
        guard tcsetattr(terminal, TCSANOW, &raw) == 0 else { return TerminalAnswers() }
        var interrupt: Int32?
        defer {
            tcsetattr(terminal, TCSANOW, &before)
            // A signal of the line would have left it raw.
            if let interrupt { raise(interrupt) }
        }
        let bytes = Array(question.utf8)
        guard write(terminal, bytes, bytes.count) == bytes.count else { return TerminalAnswers() }

        var heard: [UInt8] = []
        let end = MonotonicClock.seconds + Double(milliseconds) * 1e-3
        while true {
            let left = end - MonotonicClock.seconds
            guard left > 0 else { break }
            var waiting = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Terminal.milliseconds(left)) > 0, waiting.revents & Int16(POLLIN) != 0 else {
                break
            }
            var part = [UInt8](repeating: 0, count: 512)
            let count = part.withUnsafeMutableBytes { read(terminal, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            heard += part[..<count]
            if heard.contains(0x03) { interrupt = SIGINT }
            if interrupt != nil { break }
            if let answers = parse(heard), answers.complete { return answers.value }
        }
        var answers = parse(heard)?.value ?? TerminalAnswers()
        answers.isOwed = true
        return answers
    }

    /// Sorts answers from typed bytes. `complete` when the last question was answered.
    static func parse(_ bytes: [UInt8]) -> (value: TerminalAnswers, complete: Bool)? {
        var answers = TerminalAnswers()
        var complete = false
        var at = 0
        while at < bytes.count {
            guard bytes[at] == 0x1B, at + 1 < bytes.count else {
                answers.typed.append(bytes[at])
                at += 1
                continue
            }
            switch bytes[at + 1] {
            case UInt8(ascii: "]"):
                var end = at + 2
                while end < bytes.count && bytes[end] != 0x07 && bytes[end] != 0x1B { end += 1 }
                guard end < bytes.count else { return (answers, false) }
                let text = String(decoding: bytes[(at + 2)..<end], as: UTF8.self)
                if text.hasPrefix("11;") { answers.background = colour(String(text.dropFirst(3))) }
                at = bytes[end] == 0x07 ? end + 1 : min(end + 2, bytes.count)
            case UInt8(ascii: "["):
                var end = at + 2
                while end < bytes.count && !(0x40...0x7E).contains(bytes[end]) { end += 1 }
                guard end < bytes.count else { return (answers, false) }
                let text = String(decoding: bytes[(at + 2)...end], as: UTF8.self)
                if text.hasPrefix("?2026;") {
                    answers.synchronised = text.hasPrefix("?2026;1$") || text.hasPrefix("?2026;2$")
                } else if text.hasPrefix("?") && text.hasSuffix("c") {
                    complete = true
                }
                at = end + 1
            default:
                answers.typed.append(bytes[at])
                at += 1
            }
        }
        return (answers, complete)
    }

    /// `rgb:RRRR/GGGG/BBBB` with one to four digits each.
    private static func colour(_ text: String) -> Colour? {
        guard text.hasPrefix("rgb:") else { return nil }
        let parts = text.dropFirst(4).split(separator: "/")
        guard parts.count == 3 else { return nil }
        let channels = parts.compactMap { part -> UInt8? in
            guard (1...4).contains(part.count), let value = UInt32(part, radix: 16) else { return nil }
            return UInt8(value * 255 / (UInt32(1) << UInt32(4 * part.count) - 1))
        }
        return channels.count == 3 ? .rgb(channels[0], channels[1], channels[2]) : nil
    }
}
