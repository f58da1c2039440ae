import ArgumentParser
import Dashboard
import Foundation
import PlainText

/// What the program says beside its data. Everything passes through here, since names, paths and arguments are somebody
/// else's: what a terminal would obey is written out.
enum Message {
    /// One sentence on standard error: `halfspace: …`.
    static func complain(_ sentence: String) {
        FileHandle.standardError.write(Data("halfspace: \(sentence.plain(longest))\n".utf8))
    }

    /// One sentence on standard error about what went wrong.
    static func complain(_ error: any Error) { complain(sentence(of: error)) }

    /// One line of a list on standard output.
    static func line(_ text: String) { print(text.plain(longest)) }

    /// A text of several lines, as it ends with a line break, on standard output.
    static func text(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { Self.line(String(line)) }
    }

    /// What went wrong, in words of our own whatever the system calls it.
    static func sentence(of error: any Error) -> String {
        error is CocoaError || error is POSIXError ? "the system refuses: \(error.systemReason)" : "\(error)"
    }

    /// Scalars of a message.
    private static let longest = 1200

    /// Ends the program as the argument parser would, with its words about the arguments that it was given.
    ///
    /// It repeats arguments as they are, and its own text has several lines: an argument that is not plain is made so
    /// before what is left of the text is.
    static func exit(_ error: any Error) -> Never {
        let status = Halfspace.exitCode(for: error)
        var text = Halfspace.fullMessage(for: error)
        if status.isSuccess {
            if !text.isEmpty { print(text) }
            Halfspace.exit(withError: status)
        }
        for argument in CommandLine.arguments.dropFirst() {
            for part in [argument, String(argument.drop { $0 != "=" }.dropFirst())] {
                let plain = part.plain(80)
                if part != plain { text = text.replacingOccurrences(of: part, with: plain) }
            }
        }
        if text.hasPrefix("Error: ") { text = "halfspace: " + text.dropFirst("Error: ".count) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.plain(longest) }
        if !text.isEmpty { FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8)) }
        Halfspace.exit(withError: status)
    }
}
